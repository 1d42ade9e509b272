/**
 * Devices for a subject. For ours each person is signed in as any is: a proof, then a device with keys that the relay
 * verifies. Key material is made once and shared, for making keys is a phone's work and not the relay's.
 */
import { registerDeviceRequest } from '@pli/protocol/wire'
import { z } from 'zod'
import { registerRequest } from '../../src/testing/key-material.ts'
import type { BenchDevice } from './device.ts'

interface Proof {
  personId: string
  code: string
}

const AT_ONCE = 8

export async function signIn(url: string, proofs: Proof[]): Promise<BenchDevice[]> {
  const request = registerRequest({}, { oneTimeKeys: 0 })
  const body = z.encode(registerDeviceRequest, request)
  const devices: BenchDevice[] = []
  const waiting = [...proofs]
  const work = async () => {
    for (let proof = waiting.shift(); proof; proof = waiting.shift()) {
      const { sessionToken } = await post<{ sessionToken: string }>(`${url}/v1/sign-in/code`, proof)
      const registered = await post<{ accountId: string; deviceId: number; deviceToken: string }>(
        `${url}/v1/devices`,
        body,
        sessionToken,
      )
      devices.push({
        address: registered.accountId,
        deviceId: registered.deviceId,
        registrationId: request.registrationId,
        token: registered.deviceToken,
      })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return devices
}

/** Devices of the subjects that know no accounts. */
export function invent(first: number, count: number): BenchDevice[] {
  return Array.from({ length: count }, (_, index) => {
    const address = String(first + index)
    return { address, deviceId: 1, registrationId: 1, token: address }
  })
}

async function post<T>(url: string, body: unknown, token?: string): Promise<T> {
  const headers: Record<string, string> = { 'Content-Type': 'application/json' }
  if (token !== undefined) headers.Authorization = `Bearer ${token}`
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  const answer = (await response.json()) as { ok: true; value: T } | { ok: false; code: string }
  if (!answer.ok) throw new Error(`signing in was refused: ${answer.code}`)
  return answer.value
}
