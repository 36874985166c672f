// What is asked of a stub: the question of `stub <place>`.

export type AddressFamily = 'unspec' | 'inet' | 'inet6'

/** `api` absent = getaddrinfo, or Go's LookupIP. `search`, `query` = res_search and res_query of the C libraries, type A. */
export type StubQuery = {
  readonly name: string
  readonly family: AddressFamily
  readonly api?: 'search' | 'query'
}
