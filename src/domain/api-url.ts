import { type Parsed, parsed, problem } from './result.ts';

/** Where the vendor's API is. */
export const vendorApiUrl = 'https://api.anthropic.com';

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Reads the address of an API that a key is to be sent to: https, or this host itself; nothing but
 * scheme, host, port and path. A problem never repeats the text, which may hold a password.
 */
export function parseApiUrl(text: string): Parsed<string> {
  if (!URL.canParse(text)) return problem('It is not a URL such as https://api.anthropic.com.');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    return problem('It must have no user, query or fragment.');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback.test(url.hostname)))
    return problem('A key is sent over https only (http only to this host itself).');
  return parsed(`${url.origin}${url.pathname.replace(/\/+$/, '')}`);
}
