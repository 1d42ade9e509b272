/** Icons and the mark. Decoration beside words: hidden from screen readers. */
import { flapPaths, type IconName, iconPaths } from './icon-paths.ts'

export type { IconName }

/** 24, 20 or 16 pixels. */
export function Icon(props: { name: IconName; size?: 'sm' | 'xs' }) {
  const { name } = props
  const flap = flapPaths[name]
  return (
    <svg className={props.size ? `icon icon--${props.size}` : 'icon'} viewBox="0 0 24 24" aria-hidden="true">
      <path
        d={iconPaths[name]}
        {...(name === 'st-device' && { fill: 'currentColor' })}
        {...(name === 'st-wait' && { strokeDasharray: '2.6 2.4' })}
      />
      {flap && <path d={flap} {...(name === 'st-device' && { className: 'icon__flap' })} />}
    </svg>
  )
}

/** A P folded from one strip of paper. */
export function AppMark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path className="mark__back" d="M6 3h8v26H6z" />
      <path className="mark__front" d="M6 3h15l6 6v6l-4 4H14z" />
      <path className="mark__fold" d="M6 3l8 16h9z" />
    </svg>
  )
}
