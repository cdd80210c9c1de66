import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { controlSocketOf, type RunningEngine } from './engine.ts';
import type { CallAnswer, ConsoleTunnel } from './vendor-side.ts';

/** What a person does in the Console, and what the vendor's clients do, for one engine's namespace. */
export interface Vendor {
  createTunnel(): Promise<ConsoleTunnel>;
  tunnel(id: string): Promise<ConsoleTunnel>;
  registerCertificate(id: string, pem: string): Promise<ConsoleTunnel>;
  revokeCertificates(id: string): Promise<ConsoleTunnel>;
  /** The one with this fingerprint, lower-case hex. */
  revokeCertificate(id: string, fingerprint: string): Promise<ConsoleTunnel>;
  /** A new secret; connections that are open stay, and cannot come back (facts 9 row 13). */
  rotateToken(id: string): Promise<ConsoleTunnel>;
  /** SHA-256 of the certificate that the proxy shows the edge for a host, lower-case hex. */
  servedCertificate(host: string): Promise<string>;
  /** A new API key: of the tunnels' workspace, or of another one. */
  apiKey(workspace?: string): Promise<string>;
  /** An MCP tool call through edge, cloudflared and proxy. */
  callTool(call: {
    url: string;
    tool: string;
    arguments: Record<string, unknown>;
  }): Promise<CallAnswer>;
}

export function vendorOf(engine: RunningEngine): Vendor {
  const ask = async (method: string, path: string, body = ''): Promise<unknown> => {
    const asked = request({ socketPath: controlSocketOf(engine.dir), method, path });
    asked.end(body);
    const answer = await new Promise<{ status: number | undefined; said: string }>(
      (resolve, reject) => {
        asked.on('error', reject);
        asked.on('response', (response) => {
          text(response).then((said) => resolve({ status: response.statusCode, said }), reject);
        });
      },
    );
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.said}`);
    return JSON.parse(answer.said);
  };
  // Both ends of this socket are ours: the shapes are vendor-side.ts's.
  const tunnel = async (method: string, path: string, body?: string) =>
    (await ask(method, path, body)) as ConsoleTunnel;
  return {
    createTunnel: () => tunnel('POST', '/tunnels'),
    tunnel: (id) => tunnel('GET', `/tunnels/${id}`),
    registerCertificate: (id, pem) => tunnel('POST', `/certificates/${id}`, pem),
    revokeCertificates: (id) => tunnel('DELETE', `/certificates/${id}`),
    revokeCertificate: (id, fingerprint) => tunnel('POST', `/revocation/${id}`, fingerprint),
    rotateToken: (id) => tunnel('POST', `/rotation/${id}`),
    apiKey: async (workspace = 'default') => String(await ask('POST', '/keys', workspace)),
    servedCertificate: async (host) => String(await ask('POST', '/served', host)),
    callTool: async (call) => (await ask('POST', '/calls', JSON.stringify(call))) as CallAnswer,
  };
}
