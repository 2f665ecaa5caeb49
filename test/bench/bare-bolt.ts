/** The process of a bare Bolt app: the receiver that Latchkey uses too, and a command that is acknowledged, no more. */
import type { AddressInfo } from 'node:net'
import { App, HTTPReceiver, LogLevel } from '@slack/bolt'

const secret = 'bare-signing-secret'
const receiver = new HTTPReceiver({ signingSecret: secret, endpoints: ['/slack/events'], logLevel: LogLevel.ERROR })
const app = new App({
  token: 'xoxb-bare',
  botId: 'B0BARE',
  botUserId: 'U0BARE',
  tokenVerificationEnabled: false,
  receiver,
  logLevel: LogLevel.ERROR,
})
app.command('/offboard', async ({ ack }) => {
  await ack()
})
const server = (await app.start(0)) as { address(): AddressInfo | string | null }
const { port } = server.address() as AddressInfo
process.send?.({ url: `http://127.0.0.1:${port}/slack/events`, secret })
