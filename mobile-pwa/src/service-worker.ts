/** The service worker of this app; everything it does is in the client package. */
import { type ShellOptions, startServiceWorker } from '@pli/client/service-worker'

declare const self: { __WB_MANIFEST: ShellOptions['files'] }

startServiceWorker({ files: self.__WB_MANIFEST })
