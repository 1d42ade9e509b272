/** The storage suite on MongoDB, or what speaks its language: run by `npm run test:storage:mongo`. */
import { describeStorage } from '../suite.ts'
import * as engine from '../testing/mongo-engine.ts'

describeStorage('mongo storage', engine)
