import { domain } from './issue.ts';
import { workbench } from './openssl.ts';

/** What openssl says about a certificate, its text in lines without indentation. */
export async function opensslText(pem: string): Promise<readonly string[]> {
  await using bench = await workbench();
  await bench.write('it.crt', pem);
  const text = await bench.openssl('x509', '-in', 'it.crt', '-noout', '-text');
  return text.split('\n').map((line) => line.trim());
}

/** The line after a heading of openssl's text; undefined without the heading. */
export function below(text: readonly string[], heading: string): string | undefined {
  const index = text.findIndex((line) => line.startsWith(heading));
  return index < 0 ? undefined : text[index + 1];
}

/** Verdict of the strictest path validation that openssl has, for the host name of a route. */
export async function opensslVerdict(ca: string, server: string): Promise<string> {
  await using bench = await workbench();
  await bench.write('ca.crt', ca);
  await bench.write('tls.crt', server);
  return await bench.openssl(
    ...['verify', '-x509_strict', '-purpose', 'sslserver'],
    ...['-verify_hostname', `echo.${domain}`, '-CAfile', 'ca.crt', 'tls.crt'],
  );
}
