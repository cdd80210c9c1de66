import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { watchEvents } from '../../src/flows/watch.ts';
import type { ContainerDetails, ContainerInfo } from '../../src/ports/engine.ts';
import type { LockHolder, Locks } from '../../src/ports/lock.ts';
import type { FlowEvent } from '../../src/runner/events.ts';
import { HostScene } from './host-scene.ts';

type WatchEvent = Extract<FlowEvent, { type: 'watch' }>;

const plainDetails: Omit<ContainerDetails, 'id'> = {
  user: '65532:65532',
  entrypoint: [],
  command: [],
  environment: [],
  networkMode: 'mcp-tunnel_default',
  mounts: [],
  readOnlyRoot: true,
  capDrop: ['ALL'],
  securityOptions: [],
  logDriver: 'json-file',
  stopTimeout: 30,
  outOfMemory: false,
  error: '',
  finishedAt: undefined,
};

/** A deployment with its pair running, and a watch that a test lets run for some virtual time. */
export class WatchScene extends HostScene {
  /** Who holds the deployment's lock. */
  holder: LockHolder | undefined;
  /** Paths of locks that are held by the watch now, and of all that ever were. */
  readonly held = new Set<string>();
  readonly everHeld: string[] = [];

  static override async make(): Promise<WatchScene> {
    const scene = new WatchScene(await HostScene.place('mcp-tunnel'));
    await mkdir(scene.deployment.dir);
    await writeFile(scene.deployment.composeFile, 'services: {}\n');
    scene.compose.onRestart = (service) => scene.engine.restart(`${service}-1`);
    scene.compose.onStart = (service) => scene.engine.start(`${service}-1`);
    return scene;
  }

  /** The pair as Compose starts it. */
  up(): { readonly proxy: ContainerInfo; readonly cloudflared: ContainerInfo } {
    const begin = this.clock.now().getTime() - 60_000;
    const shared = { networkMode: 'container:mcp-proxy-1' };
    return {
      proxy: this.add('mcp-proxy', { startedAt: new Date(begin) }),
      cloudflared: this.add('cloudflared', { startedAt: new Date(begin + 500) }, shared),
    };
  }

  add(
    service: string,
    change: Partial<ContainerInfo> = {},
    details: Partial<ContainerDetails> = {},
  ): ContainerInfo {
    const info = this.engine.add(service, { workingDir: this.deployment.dir, ...change });
    this.engine.detailsThere.set(info.id, { ...plainDetails, id: info.id, ...details });
    return info;
  }

  /** The engine could not start it when it last tried. */
  couldNotStart(service: string, error: string): void {
    const id = `${service}-1`;
    const before = this.engine.detailsThere.get(id);
    this.engine.stop(id, 128);
    this.engine.detailsThere.set(id, { ...plainDetails, ...before, id, error });
  }

  get locks(): Locks {
    return {
      holder: async (path) => (path === this.deployment.lock ? this.holder : undefined),
      acquire: async (path) => {
        this.held.add(path);
        this.everHeld.push(path);
        return { release: async () => void this.held.delete(path) };
      },
    };
  }

  /** Watches for that many seconds of virtual time; gives what was said. */
  async watch(seconds: number, options: { dryRun?: boolean } = {}): Promise<readonly FlowEvent[]> {
    const stop = new AbortController();
    this.clock.at(this.clock.elapsed + seconds * 1000, () => stop.abort());
    const events = watchEvents({
      dir: this.deployment.dir,
      ports: { ...this.ports, locks: this.locks },
      runId: 'watch-1',
      dryRun: options.dryRun ?? false,
      signal: stop.signal,
    });
    return Array.fromAsync(events);
  }

  journal(): Promise<string> {
    return readFile(this.deployment.journal, 'utf8');
  }
}

/** What was said, as `what: text`. */
export function saidBy(events: readonly FlowEvent[]): readonly string[] {
  return events
    .filter((event): event is WatchEvent => event.type === 'watch')
    .map(({ what, text }) => `${what}: ${text}`);
}
