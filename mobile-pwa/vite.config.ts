import { buildApp } from '../scripts/app-build.ts'

export default buildApp({ base: '/phone/', orientation: 'portrait' })
