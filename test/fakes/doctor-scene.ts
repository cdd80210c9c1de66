import { join } from 'node:path';
import { tarArchiver } from '../../src/adapters/tar-archiver.ts';
import { deploymentAt } from '../../src/domain/deployment.ts';
import { parsed } from '../../src/domain/result.ts';
import { type DoctorRun, doctorEvents } from '../../src/flows/doctor.ts';
import type { ContainerDetails } from '../../src/ports/engine.ts';
import type { FlowEvent } from '../../src/runner/events.ts';
import { answersOf, tokenOf } from './sample-answers.ts';
import { registeredLine, StatusScene, started } from './status-scene.ts';

/** How a container of the stack was made, as an engine tells of it. */
export function detailsOf(
  service: string,
  dir: string,
  change: Partial<ContainerDetails> = {},
): ContainerDetails {
  const mounts: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
    'mcp-proxy': [
      ['config/mcp-proxy.yaml', '/etc/mcp-gateway/config.yaml'],
      ['data', '/data'],
    ],
    cloudflared: [['credentials', '/credentials']],
    'hello-mcp': [['hello_server.py', '/app/hello_server.py']],
  };
  return {
    id: `${service}-1`,
    user: '65532:65532',
    entrypoint: [],
    command: [],
    environment: [
      'PATH=/usr/bin',
      ...(service === 'cloudflared' ? ['TUNNEL_TOKEN_FILE=/credentials/tunnel-token'] : []),
    ],
    networkMode: service === 'cloudflared' ? 'container:mcp-proxy-1' : 'mcp-tunnel_default',
    mounts: (mounts[service] ?? []).map(([source, target]) => ({
      source: join(dir, source),
      target,
      readOnly: true,
    })),
    readOnlyRoot: true,
    capDrop: ['ALL'],
    securityOptions: ['no-new-privileges:true'],
    logDriver: 'json-file',
    stopTimeout: 30,
    outOfMemory: false,
    error: '',
    finishedAt: undefined,
    ...change,
  };
}

/** A deployment on disk with its stack up, to be examined. */
export class DoctorScene implements AsyncDisposable {
  readonly stack: StatusScene;
  /** What a run is given beside the scene; a test may change it. */
  change: Partial<DoctorRun> = {};

  private constructor(stack: StatusScene) {
    this.stack = stack;
  }

  /** All is well with it, but for what a test breaks. */
  static async make(): Promise<DoctorScene> {
    const scene = new DoctorScene(await StatusScene.make());
    const { engine, network, clock } = scene.stack.host;
    network.date = () => ({ ok: true, status: 404, date: clock.now() });
    await scene.stack.start();
    for (const service of ['mcp-proxy', 'cloudflared', 'hello-mcp'])
      engine.detailsThere.set(`${service}-1`, detailsOf(service, scene.dir));
    // The tunnel that the scene's token is of.
    const starting = `INF Starting tunnel tunnelID=${tokenOf().tunnelId}`;
    const lines = [starting, ...[0, 1, 2, 3].map((index) => registeredLine(index))];
    for (const line of lines) engine.say('cloudflared-1', line, started);
    engine.say('mcp-proxy-1', 'msg="route configured" host=echo', started);
    engine.say('hello-mcp-1', 'INFO: Uvicorn running on http://0.0.0.0:9000', started);
    return scene;
  }

  get dir(): string {
    return this.stack.dir;
  }

  get run(): DoctorRun {
    const { host } = this.stack;
    return {
      deployment: deploymentAt(this.dir),
      ports: {
        ...host.ports,
        mcp: this.stack.ports.mcp,
        files: { ...host.ports.files, freeBytes: async () => 2 ** 40 },
        archiver: tarArchiver,
      },
      settings: {
        self: ['mcp-tunnel'],
        rehearsal: false,
        apiUrl: 'https://api.anthropic.com',
        toolVersion: '9.9.9',
        shell: [],
        shellSecrets: [],
      },
      remembered: parsed(answersOf()),
      bundle: undefined,
      dryRun: false,
      signal: new AbortController().signal,
      ...this.change,
    };
  }

  events(): Promise<readonly FlowEvent[]> {
    return Array.fromAsync(doctorEvents(this.run));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stack[Symbol.asyncDispose]();
  }
}
