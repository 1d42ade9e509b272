/** Several tabs over one account: one owns the ratchets, all can be used, and the next takes over. */
import { expect, it } from 'vitest'
import { useDevices } from './devices.ts'
import { hasText, textsOf, until, untilMessage } from './until.ts'

const devices = useDevices()

it('sends what a following tab wrote, shows both the same, and hands over when the owner closes', async () => {
  const nurse = await devices.make('kevin')
  const doctor = await devices.make('anne-sophie')
  const peer = await doctor.open()
  const first = await nurse.openTab()
  const second = await nurse.openTab()
  await until(
    first.messenger.connection,
    (one) => one.state === 'online' && one.upToDate,
    'the owner is online',
  )
  await until(
    second.messenger.connection,
    (one) => one.state === 'following' && one.upToDate,
    'the other follows',
  )

  const to = await second.messenger.openConversation(doctor.personId)
  await second.messenger.sendText(to, 'from the second tab')
  await untilMessage(peer, nurse.accountId, hasText('from the second tab'), 'the message')
  await untilMessage(
    second.messenger,
    to,
    (one) => one.outgoing?.state === 'delivered',
    'its delivery, in the tab that wrote it',
  )
  await peer.sendText(nurse.accountId, 'to both')
  await untilMessage(second.messenger, to, hasText('to both'), 'the answer in the second tab')
  await untilMessage(first.messenger, to, hasText('to both'), 'the answer in the first tab')
  await second.messenger.markOpened(to)
  await until(first.messenger.inbox, ([row]) => row?.unread === 0, 'opened in the first tab too')

  await first.close()
  await until(second.messenger.connection, (one) => one.state === 'online', 'the second tab takes over')
  await second.messenger.sendText(to, 'after the handover')
  await untilMessage(peer, nurse.accountId, hasText('after the handover'), 'the message after it')
  expect(await textsOf(second.messenger, to)).toEqual([
    'from the second tab',
    'to both',
    'after the handover',
  ])
  await second.close()
})

it('goes on in the next tab when the owner ends in the middle of sending', async () => {
  const nurse = await devices.make('kevin')
  const doctor = await devices.make('anne-sophie')
  const peer = await doctor.open()
  const first = await nurse.openTab({ when: 'after', tables: ['sessions', 'outbox'] })
  const second = await nurse.openTab()
  const to = await second.messenger.openConversation(doctor.personId)
  await second.messenger.sendText(to, 'once')
  await first.rows.crashed
  await first.close().catch(() => {})
  await untilMessage(peer, nurse.accountId, hasText('once'), 'the message')
  await second.messenger.sendText(to, 'and again')
  await untilMessage(peer, nurse.accountId, hasText('and again'), 'the next one')
  expect(await textsOf(peer, nurse.accountId)).toEqual(['once', 'and again'])
  await second.close()
})
