/**
 * Finding somebody in the directory: one box, or name and place side by side. A combobox over a listbox (ARIA 1.2): the
 * arrows walk, Enter picks, the focus stays where one types.
 */
import type { DirectoryPage, DirectoryPerson, DirectoryQuery, PersonId } from '@pli/protocol/wire'
import { type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react'
import { EmptyState, FailedState, Skeleton } from '../feedback/states.tsx'
import { useSpeech } from '../i18n/language.tsx'
import type { Speech } from '../i18n/translator.ts'
import { Icon } from '../icons/icon.tsx'
import { comboboxProps, type Listbox, useListbox } from './listbox.ts'
import { PersonChoice } from './person-choice.tsx'
import {
  type PeopleSearchState,
  queryOf,
  type SearchDirectory,
  usePeopleSearch,
} from './use-people-search.ts'

export interface PeopleSearchProps {
  search: SearchDirectory
  /** `fields`: name and place; `box`: one box for both. */
  layout: 'box' | 'fields'
  onPick: (person: DirectoryPerson) => void
  pickedId?: PersonId | undefined
  withNumber?: boolean
  sayUnreachable?: boolean
  autoFocus?: boolean
  filter?: Partial<DirectoryQuery>
  /** Between the fields and what was found, such as filters. */
  children?: ReactNode
  /** Shown while nothing is typed. */
  start?: ReactNode
}

export function PeopleSearch(props: PeopleSearchProps) {
  const [name, setName] = useState('')
  const [place, setPlace] = useState('')
  const { filter } = props
  const query = useMemo(() => queryOf(name, place, filter ?? {}), [name, place, filter])
  const state = usePeopleSearch(props.search, query)
  const rows = state.page?.rows ?? []
  const list = useListbox(rows, props.onPick)
  return (
    <div className="combo">
      {props.layout === 'box' ? (
        <NameBox value={name} onChange={setName} list={list} autoFocus={props.autoFocus ?? false} />
      ) : (
        <Fields
          name={name}
          onName={setName}
          place={place}
          onPlace={setPlace}
          list={list}
          autoFocus={props.autoFocus ?? false}
        />
      )}
      {props.children}
      <Count state={state} asked={query !== undefined} homonyms={props.withNumber ?? false} />
      {query ? (
        <Found
          {...props}
          state={state}
          list={list}
          typed={`${name} ${place}`}
          onWithoutPlace={place ? () => setPlace('') : undefined}
        />
      ) : (
        props.start
      )}
    </div>
  )
}

function useFocusOnce(wanted: boolean) {
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (wanted) input.current?.focus()
  }, [wanted])
  return input
}

function NameBox(props: {
  value: string
  onChange: (value: string) => void
  list: Listbox
  autoFocus: boolean
}) {
  const { t } = useSpeech()
  const id = useId()
  const input = useFocusOnce(props.autoFocus)
  return (
    <div className="field">
      <label className="field__label" htmlFor={id}>
        {t('search.box')}
      </label>
      <div className="search">
        <Icon name="search" size="sm" />
        <input
          {...comboboxProps(props.list)}
          id={id}
          ref={input}
          className="input"
          type="text"
          enterKeyHint="search"
          value={props.value}
          placeholder={t('search.placeholder')}
          onChange={(event) => props.onChange(event.target.value)}
        />
        {props.value && (
          <button
            type="button"
            className="icon-btn"
            aria-label={t('common.clear')}
            onClick={() => {
              props.onChange('')
              input.current?.focus()
            }}
          >
            <Icon name="close" size="sm" />
          </button>
        )}
      </div>
    </div>
  )
}

function Fields(props: {
  name: string
  onName: (value: string) => void
  place: string
  onPlace: (value: string) => void
  list: Listbox
  autoFocus: boolean
}) {
  const { t } = useSpeech()
  const id = useId()
  const input = useFocusOnce(props.autoFocus)
  return (
    <search className="search-fields">
      <div className="field">
        <label className="field__label" htmlFor={`${id}-name`}>
          {t('search.name')}
        </label>
        <input
          {...comboboxProps(props.list)}
          id={`${id}-name`}
          ref={input}
          className="input"
          type="text"
          value={props.name}
          onChange={(event) => props.onName(event.target.value)}
        />
      </div>
      <div className="field">
        <label className="field__label" htmlFor={`${id}-place`}>
          {t('search.place')}
        </label>
        <input
          {...comboboxProps(props.list)}
          id={`${id}-place`}
          className="input"
          type="text"
          value={props.place}
          onChange={(event) => props.onPlace(event.target.value)}
        />
      </div>
    </search>
  )
}

function Count({ state, asked, homonyms }: { state: PeopleSearchState; asked: boolean; homonyms: boolean }) {
  const { t } = useSpeech()
  const total = state.page?.total ?? 0
  return (
    <p className="small muted" role="status">
      {asked && state.page && total > 0 && t(homonyms ? 'search.sameName' : 'search.found', { count: total })}
      {asked && state.page && total > state.page.rows.length && <>. {t('search.more')}</>}
    </p>
  )
}

/** Why there is nobody: a number that cannot be right, another place, or no such name. */
function sayNobody(t: Speech['t'], { refusal, elsewhere }: DirectoryPage): { title: string; text: string } {
  if (refusal === 'ssin-not-searched')
    return { title: t('search.nationalNumberTitle'), text: t('search.nationalNumberText') }
  if (refusal !== undefined) return { title: t('search.wrongNumberTitle'), text: t('search.wrongNumberText') }
  const text = elsewhere === undefined ? t('search.noneText') : t('search.elsewhere', { count: elsewhere })
  return { title: t('search.noneTitle'), text }
}

function Found(
  props: PeopleSearchProps & {
    state: PeopleSearchState
    list: Listbox
    typed: string
    onWithoutPlace: (() => void) | undefined
  },
) {
  const { t } = useSpeech()
  const { state, list } = props
  if (state.failure !== undefined) {
    return <FailedState title={t('search.failedTitle')} error={state.failure} onRetry={state.retry} />
  }
  if (!state.page) return <Skeleton rows={3} />
  if (state.page.rows.length === 0) {
    const { title, text } = sayNobody(t, state.page)
    return (
      <EmptyState icon="search" title={title} text={text}>
        {props.onWithoutPlace && (
          <button type="button" className="btn" onClick={props.onWithoutPlace}>
            {t('search.withoutPlace')}
          </button>
        )}
      </EmptyState>
    )
  }
  return (
    <div className="combo__list" role="listbox" id={list.id} aria-label={t('search.results')} tabIndex={-1}>
      {state.page.rows.map((person, at) => {
        const picked = person.personId === props.pickedId
        return (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard picks from the box (aria-activedescendant)
          <div
            key={person.personId}
            id={list.optionId(at)}
            className={at === list.active ? 'person is-hover' : 'person'}
            role="option"
            tabIndex={-1}
            aria-selected={picked || at === list.active}
            onClick={() => {
              list.point(at)
              props.onPick(person)
            }}
          >
            <PersonChoice
              person={person}
              typed={props.typed}
              picked={picked}
              withNumber={props.withNumber ?? false}
              sayUnreachable={props.sayUnreachable ?? false}
            />
          </div>
        )
      })}
    </div>
  )
}
