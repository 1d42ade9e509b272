/** A browser as far as sign-in needs one: it follows redirects, keeps cookies by path, and posts a form. */
interface Cookie {
  name: string
  value: string
  path: string
}

export interface Page {
  /** With the fragment, where the last redirect had one. */
  url: URL
  status: number
  html: string
  headers: Headers
}

const REDIRECTS_AT_MOST = 12

export class Browser {
  readonly visited: string[] = []
  #cookies: Cookie[] = []

  get(url: string): Promise<Page> {
    return this.#go(url, { method: 'GET' })
  }

  post(url: string, fields: Record<string, string>): Promise<Page> {
    return this.#go(url, { method: 'POST', body: new URLSearchParams(fields) })
  }

  /** Stops where `stopAt` says, without loading that page. */
  stopAt: (url: URL) => boolean = () => false

  /** Where a request really goes, when several relays stand behind one address. */
  via: (url: URL) => URL = (url) => url

  async #go(start: string, first: RequestInit): Promise<Page> {
    let url = new URL(start)
    let init = first
    for (let hop = 0; hop < REDIRECTS_AT_MOST; hop += 1) {
      this.visited.push(url.href)
      const headers = { Cookie: this.#cookiesFor(url), Accept: 'text/html' }
      const response = await fetch(this.via(url), { ...init, headers, redirect: 'manual' })
      this.#keep(response)
      const location = response.headers.get('location')
      if (location === null) {
        return { url, status: response.status, html: await response.text(), headers: response.headers }
      }
      await response.arrayBuffer()
      url = new URL(location, url)
      init = { method: 'GET' }
      if (this.stopAt(url)) return { url, status: response.status, html: '', headers: response.headers }
    }
    throw new Error('too many redirects')
  }

  #keep(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
      const at = pair.indexOf('=')
      const path = attributes.find((one) => one.toLowerCase().startsWith('path='))?.slice(5) ?? '/'
      const cookie = { name: pair.slice(0, at), value: pair.slice(at + 1), path }
      this.#cookies = this.#cookies.filter((old) => old.name !== cookie.name || old.path !== cookie.path)
      if (cookie.value !== '') this.#cookies.push(cookie)
    }
  }

  #cookiesFor(url: URL): string {
    const sent = this.#cookies.filter(({ path }) => url.pathname.startsWith(path))
    return sent.map(({ name, value }) => `${name}=${value}`).join('; ')
  }
}
