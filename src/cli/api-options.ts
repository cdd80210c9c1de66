import type { ProxyVariables } from '../adapters/api-fetch.ts';
import { parseApiUrl, vendorApiUrl } from '../domain/api-url.ts';
import { Failure } from '../domain/failure.ts';
import type { ParsedArgv } from './parse-argv.ts';

/**
 * Where the vendor's API is: `--api-url`, else the vendor's own address.
 * @throws Failure `usage` for an address that no key may be sent to.
 */
export function apiUrlOf({ values }: ParsedArgv): string {
  const url = parseApiUrl(values.get('api-url')?.[0] ?? vendorApiUrl);
  if (url.ok) return url.value;
  throw new Failure('usage', `--api-url: ${url.problem}`, {
    nextSteps: [`Leave it out for ${vendorApiUrl}.`],
  });
}

/** The web proxy that the operator's shell names, as curl reads it. */
export function proxyVariables(env: Readonly<Record<string, string | undefined>>): ProxyVariables {
  const names = ['HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy'] as const;
  return Object.fromEntries(
    names.flatMap((name) => (env[name] ? [[name, env[name]] as const] : [])),
  );
}
