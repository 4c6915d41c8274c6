/** The cookie that holds a session, decided once from the address people use. */
export type SessionCookie = { name: string; secure: boolean }

/**
 * On https the `__Host-` prefix makes browsers insist that the cookie is Secure, has no Domain and comes from this
 * very host (RFC 6265bis, section 4.1.3.2).
 */
export function sessionCookieFor(publicUrl: string): SessionCookie {
  const secure = publicUrl.startsWith('https:')
  return { name: secure ? '__Host-audit_session' : 'audit_session', secure }
}

/** A Set-Cookie value that makes the browser forget the session. */
export function clearingCookie({ name, secure }: SessionCookie): string {
  return `${name}=; Max-Age=0; Path=/; HttpOnly; ${secure ? 'Secure; ' : ''}SameSite=Lax`
}
