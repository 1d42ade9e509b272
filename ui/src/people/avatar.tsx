/**
 * A profession as a shape and a glyph: no photo, no hue. The profession is always written beside it, so the drawing
 * itself is silent.
 */
import type { DirectoryPerson, RoleProfession } from '@pli/protocol/wire'
import type { ReactNode } from 'react'
import { mainRole } from './person-facts.ts'

type Shape = 'gp' | 'specialist' | 'pharmacist' | 'nurse' | 'midwife' | 'other' | 'none'

const generalists = /^pers(general)?physician$|^deptgeneralpractice$/

const outlines: Record<Shape, ReactNode> = {
  gp: <circle className="avatar__shape" cx="22" cy="22" r="21" />,
  specialist: <path className="avatar__shape" d="M14 1h16l13 13v16L30 43H14L1 30V14L14 1Z" />,
  pharmacist: (
    <path
      className="avatar__shape"
      d="M17 1h10a4 4 0 0 1 4 4v8h8a4 4 0 0 1 4 4v10a4 4 0 0 1-4 4h-8v8a4 4 0 0 1-4 4H17a4 4 0 0 1-4-4v-8H5a4 4 0 0 1-4-4V17a4 4 0 0 1 4-4h8V5a4 4 0 0 1 4-4Z"
    />
  ),
  nurse: <rect className="avatar__shape" x="2" y="2" width="40" height="40" rx="10" />,
  midwife: (
    <path className="avatar__shape" d="M22 1c11 0 21 9 21 21s-9 21-21 21S1 34 1 22V5a4 4 0 0 1 4-4h17Z" />
  ),
  other: (
    <path
      className="avatar__shape"
      d="M12 3h20a3 3 0 0 1 2.6 1.500L43 22l-8.4 17.500A3 3 0 0 1 32 41H12a3 3 0 0 1-2.6-1.500L1 22 9.4 4.500A3 3 0 0 1 12 3Z"
    />
  ),
  none: <circle className="avatar__dashes" cx="22" cy="22" r="20" />,
}

const glyphs: Record<Shape, string> = {
  gp: 'M7 4H5v5a4.5 4.5 0 0 0 9 0V4h-2M9.5 13.500V16a4 4 0 0 0 8 0v-2M15.5 12a2 2 0 1 0 4 0a2 2 0 1 0-4 0Z',
  specialist: 'M3.5 12H8l2-5 4 10 2-5h4.5',
  pharmacist: 'M5 10.500h14a7 7 0 0 1-4 6.300V19H9v-2.200A7 7 0 0 1 5 10.500ZM13 10.500l4.5-6',
  nurse:
    'M9.4 19.8 19.8 9.400a3.7 3.7 0 0 0-5.2-5.200L4.2 14.600a3.7 3.7 0 0 0 5.2 5.200ZM12 10v.1M12 14v.1M10 12h.1M14 12h.1',
  midwife:
    'M12 20c-4-3-7.5-5.8-7.5-9.500A3.9 3.9 0 0 1 12 8.500a3.9 3.9 0 0 1 7.5 2c0 3.7-3.5 6.5-7.5 9.500ZM10.2 12.500a1.8 1.8 0 1 0 3.6 0a1.8 1.8 0 1 0-3.6 0Z',
  other: 'M8.5 8.200a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0ZM5 19.500c.8-3.8 3.6-5.5 7-5.500s6.2 1.7 7 5.5',
  none: 'M12 8.500a2.5 2.5 0 1 1 1.5 2.300c-1 .5-1.5 1.1-1.5 2.200M12 16.500v.1',
}

function shapeOf(profession: RoleProfession | undefined, cdHcparty: string | undefined): Shape {
  switch (profession) {
    case undefined:
      return 'none'
    case 'PHYSICIAN':
      return cdHcparty === undefined || generalists.test(cdHcparty) ? 'gp' : 'specialist'
    case 'PHARMACIST':
      return 'pharmacist'
    case 'NURSE':
      return 'nurse'
    case 'MIDWIFE':
      return 'midwife'
    default:
      return 'other'
  }
}

/** 44, 32 or 64 pixels. Of a person, or of a profession where that is all one knows. */
export function Avatar(props: {
  person?: DirectoryPerson | undefined
  profession?: RoleProfession
  size?: 'sm' | 'lg'
}) {
  const role = props.person && mainRole(props.person)
  const shape = shapeOf(role?.profession ?? props.profession, role?.cdHcparty)
  return (
    <svg
      className={props.size ? `avatar avatar--${props.size}` : 'avatar'}
      viewBox="0 0 44 44"
      aria-hidden="true"
    >
      {outlines[shape]}
      <path className="avatar__glyph" d={glyphs[shape]} transform="translate(10 10)" />
    </svg>
  )
}
