import { expect, it } from 'vitest'
import { createMemoryStorage } from '../accounts/memory-storage.ts'
import { createKeyVault } from './key-vault.ts'

const key = () => crypto.getRandomValues(new Uint8Array(32))

it('opens for the program that has the key, in its own place, and for no other', async () => {
  const storage = createMemoryStorage()
  const given = key()
  const vault = await createKeyVault(storage, given)
  const dataKey = await vault.create('account', '')
  expect(given.some((byte) => byte !== 0)).toBe(true)
  expect(await (await createKeyVault(storage, given)).open('account', '')).toEqual(dataKey)
  await expect((await createKeyVault(storage, key())).open('account', '')).rejects.toMatchObject({
    code: 'pin_wrong',
  })
  const record = await storage.records.get('vault:account')
  await storage.records.update('vault:other', () => record)
  await expect(vault.open('other', '')).rejects.toMatchObject({ code: 'pin_wrong' })
  await vault.destroy('account')
  await expect(vault.open('account', '')).rejects.toMatchObject({ code: 'erased' })
  await expect(createKeyVault(storage, new Uint8Array(31))).rejects.toMatchObject({ code: 'bad_request' })
})
