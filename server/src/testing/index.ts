/** What tests that cross packages use of ours: devices, a browser, a Redis, the operator's question. Never in the product. */
export { ask } from '../operator/ask.ts'
export { Browser } from './browser.ts'
export { registrationBody } from './key-material.ts'
export { type RedisServer, startRedis } from './redis-server.ts'
export { TestDevice } from './test-device.ts'
