import { readFile } from 'node:fs/promises';
import type { McpAnswer } from '../../src/ports/mcp-client.ts';
import { certificateAuthority } from '../../src/steps/install/certificate-authority.ts';
import { directories } from '../../src/steps/install/directories.ts';
import { files } from '../../src/steps/install/files.ts';
import { serverCertificate } from '../../src/steps/install/server-certificate.ts';
import { token } from '../../src/steps/install/token.ts';
import type { StatusPorts } from '../../src/steps/status/ports.ts';
import { InstallScene } from './install-scene.ts';
import { answersOf } from './sample-answers.ts';

/** Later than any file that a test writes: no container is older than what it reads. */
export const started = new Date('2100-01-01T00:00:00Z');

const at = '2100-01-01T00:00:01Z';
export const startingLine = `${at} INF Starting tunnel tunnelID=0ab493ae-1e19-4c34-8486-288c07aa34a4`;
export const registeredLine = (index: number, location = 'fra08') =>
  `${at} INF Registered tunnel connection connIndex=${index} event=0 ip=198.41.192.7 location=${location} protocol=quic`;
export const unregisteredLine = (index: number) =>
  `${at} INF Unregistered tunnel connection connIndex=${index} event=0 ip=198.41.192.7`;

/** A deployment on disk whose stack a test starts. */
export class StatusScene implements AsyncDisposable {
  readonly host: InstallScene;
  /** What upstreams answer, by their MCP URL; nobody listens at any other. */
  readonly upstreams = new Map<string, McpAnswer>();

  private constructor(host: InstallScene) {
    this.host = host;
  }

  static async make(): Promise<StatusScene> {
    const host = await InstallScene.make();
    const answers = answersOf();
    await host.run(answers, directories, certificateAuthority, serverCertificate, files, token);
    return new StatusScene(host);
  }

  get dir(): string {
    return this.host.deployment.dir;
  }

  get ports(): StatusPorts {
    return {
      ...this.host.ports,
      mcp: {
        probe: async (url) =>
          this.upstreams.get(url) ?? { kind: 'unreachable', code: 'ECONNREFUSED' },
      },
    };
  }

  /** The images that the Compose file names, by service. */
  async images(): Promise<Readonly<Record<string, string>>> {
    const text = await readFile(this.host.deployment.composeFile, 'utf8');
    const found = [...text.matchAll(/^ {2}([\w-]+):\n(?:(?! {2}\w).*\n)*? {4}image: (\S+)/gmu)];
    return Object.fromEntries(found.map(([, service = '', image = '']) => [service, image]));
  }

  /** The whole stack, connected, its server answering. */
  async start(): Promise<void> {
    const { engine } = this.host;
    const images = await this.images();
    for (const service of ['mcp-proxy', 'cloudflared', 'hello-mcp']) {
      engine.add(service, {
        workingDir: this.dir,
        startedAt: started,
        image: images[service] ?? '',
        health: service === 'cloudflared' ? 'healthy' : 'none',
        addresses: service === 'cloudflared' ? {} : { tunnel: `172.18.0.${service.length}` },
      });
    }
    const lines = [startingLine, ...[0, 1, 2, 3].map((index) => registeredLine(index))];
    for (const line of lines) engine.say('cloudflared-1', line, started);
    this.upstreams.set('http://172.18.0.9:9000/mcp', {
      kind: 'mcp',
      serverName: 'hello',
      serverVersion: '1',
      tools: [{ name: 'hello', description: undefined }],
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.host[Symbol.asyncDispose]();
  }
}
