/** What an open app may ask of the gate it came through. */
import { createContext, useContext } from 'react'

export interface Gate {
  /** To the onboarding: this device was removed from the account, or replaced. */
  proveAgain(): void
}

export const GateContext = createContext<Gate | undefined>(undefined)

export function useGate(): Gate {
  const gate = useContext(GateContext)
  if (!gate) throw new Error('no gate above this component')
  return gate
}
