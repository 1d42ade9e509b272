// Run by mongosh in compose.yaml: three servers become the replica set `pli`, and the relay gets a user of its own. Safe to
// run again.
const { readFileSync } = require('node:fs')

const read = (name) => readFileSync(`/run/secrets/${name}`, 'utf8').trim()
const root = { user: 'root', pwd: read('mongo_root_password') }
const hosts = ['mongo-1', 'mongo-2', 'mongo-3']

const first = connect('mongodb://mongo-1/admin?directConnection=true')
first.auth(root)
const members = hosts.map((name, index) => ({ _id: index, host: `${name}:27017` }))
try {
  first.adminCommand({ replSetInitiate: { _id: 'pli', members } })
} catch (error) {
  if (error.codeName !== 'AlreadyInitialized') throw error
}
while (!first.hello().isWritablePrimary && !first.hello().primary) sleep(500)

const set = connect(`mongodb://${hosts.join(',')}/admin?replicaSet=pli`)
set.auth(root)
const relays = set.getSiblingDB('pli')
const user = { pwd: read('mongo_relay_password'), roles: [{ role: 'readWrite', db: 'pli' }] }
if (relays.getUser('pli') === null) relays.createUser({ user: 'pli', ...user })
else relays.updateUser('pli', user)
print('the replica set is ready')
