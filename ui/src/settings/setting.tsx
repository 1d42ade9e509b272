/** One line of the settings: what it is, what it means, and its control. */
import { type ReactNode, useId } from 'react'

export function SettingGroup(props: { title: string; children: ReactNode }) {
  const id = useId()
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{props.title}</h2>
      <ul className="list">{props.children}</ul>
    </section>
  )
}

export function Setting(props: { title: ReactNode; hint?: ReactNode; children?: ReactNode }) {
  return (
    <li className="setting">
      <span>
        <b>{props.title}</b>
        {props.hint && <small className="setting__hint">{props.hint}</small>}
      </span>
      {props.children}
    </li>
  )
}

export function SwitchSetting(props: {
  title: string
  hint?: string
  checked: boolean
  onChange: (checked: boolean) => void
}) {
  const id = useId()
  return (
    <li className="setting">
      <label htmlFor={id}>
        <b>{props.title}</b>
        {props.hint && (
          <small className="setting__hint" id={`${id}-hint`}>
            {props.hint}
          </small>
        )}
      </label>
      <input
        id={id}
        type="checkbox"
        role="switch"
        className="switch"
        checked={props.checked}
        aria-checked={props.checked}
        onChange={(event) => props.onChange(event.target.checked)}
      />
    </li>
  )
}

export function SegmentSetting<T extends string>(props: {
  title: string
  value: T
  choices: readonly (readonly [T, string])[]
  onChange: (value: T) => void
}) {
  const name = useId()
  return (
    <li className="setting">
      <fieldset className="setting__wide">
        <legend>
          <b>{props.title}</b>
        </legend>
        <div className="segments">
          {props.choices.map(([value, label]) => (
            <label key={value}>
              <input
                type="radio"
                name={name}
                checked={props.value === value}
                onChange={() => props.onChange(value)}
              />
              {label}
            </label>
          ))}
        </div>
      </fieldset>
    </li>
  )
}
