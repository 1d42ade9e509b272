/** The worker in which this app's messenger lives, so that no cryptography ever blocks the screen. */
import '@pli/client/worker'
