import gitignore from '../../templates/gitignore?raw';
import sampleServerText from '../../templates/hello_server.py?raw';
import serverExtensions from '../../templates/tls.ext?raw';
import { renderTemplate } from './template.ts';

/** `hello_server.py`: the guide's sample MCP server with its one tool `hello(name)` (facts 4.6). */
export { sampleServerText };

/** True for the sample server as we write it, or an operator has changed it since. */
export function isSampleServer(text: string): boolean {
  const [first = ''] = sampleServerText.split('\n');
  return text.trim() === '' || text.includes(first.replaceAll('"', ''));
}

/** `data/tls.ext`: the extensions of the server certificate, for `openssl x509 -extfile` (facts 4.5). */
export function serverExtensionsText(domain: string): string {
  return renderTemplate(serverExtensions, { TUNNEL_DOMAIN: domain });
}

/** `.gitignore` with everything that may hold a secret; lines of an existing one stay, in their order. */
export function gitignoreText(existing: string | undefined): string {
  if (existing === undefined || existing.trim() === '') return gitignore;
  const present = new Set(existing.split(/\r?\n/).map((line) => line.trim()));
  const missing = gitignore
    .trimEnd()
    .split('\n')
    .filter((line) => !present.has(line));
  if (missing.length === 0) return existing;
  const br = existing.includes('\r\n') ? '\r\n' : '\n';
  const start = existing.endsWith('\n') ? existing : existing + br;
  return start + missing.map((line) => line + br).join('');
}
