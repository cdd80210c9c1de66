import { join } from 'node:path';
import { bridgeAt } from '../../src/domain/bridge.ts';
import type { CertificateFacts } from '../../src/domain/certificate.ts';
import { services } from '../../src/domain/deployment.ts';
import { Failure } from '../../src/domain/failure.ts';
import { nextCaAt } from '../../src/domain/next-ca.ts';
import { rotateCaFlow } from '../../src/flows/rotate-ca.ts';
import { startInstall } from '../../src/flows/start-install.ts';
import type { FlowEvent } from '../../src/runner/events.ts';
import type { InstallAnswers } from '../../src/steps/install/answers.ts';
import { certificateAuthority } from '../../src/steps/install/certificate-authority.ts';
import { directories } from '../../src/steps/install/directories.ts';
import { files } from '../../src/steps/install/files.ts';
import type { InstallPorts } from '../../src/steps/install/ports.ts';
import { serverCertificate } from '../../src/steps/install/server-certificate.ts';
import { token } from '../../src/steps/install/token.ts';
import { type CaRotationOptions, nothingSaid } from '../../src/steps/rotate-ca/options.ts';
import { HostScene } from './host-scene.ts';
import { InstallScene } from './install-scene.ts';
import { answersOf } from './sample-answers.ts';

/** How a run ended, and all that it said. */
export interface Rotated {
  readonly events: readonly FlowEvent[];
  readonly finish: Extract<FlowEvent, { type: 'flow.finished' }>;
}

const network = 'mcp-tunnel_default';
const addresses = { main: '172.18.0.2', bridge: '172.18.0.9' } as const;
const day = 86_400_000;

/** What the proxy's log says of a caller that does not know the CA. */
export const unknownCa =
  'level=error msg="tls handshake failed" error="remote error: tls: unknown certificate authority"';
export const callCame = 'level=info msg="request started" host=echo.abcd1234.tunnel.anthropic.com';

/** A deployment that runs, on a scripted engine whose bridge connects; its proxies serve what lies in their data/. */
export class CaRotationScene extends InstallScene {
  /** What the bridge's proxy says once it is connected. */
  bridgeSays: readonly string[] = [callCame];
  /** True: the main proxy goes on with what it has until it is started again. */
  isStubborn = false;
  /** False: no proxy can be asked. */
  canLook = true;
  #shown: string | undefined;

  static override async make(name = 'mcp-tunnel'): Promise<CaRotationScene> {
    const scene = new CaRotationScene(await HostScene.place(name));
    await scene.run(
      answersOf(),
      directories,
      certificateAuthority,
      serverCertificate,
      files,
      token,
    );
    scene.events.length = 0;
    scene.#script();
    return scene;
  }

  get next() {
    return nextCaAt(this.deployment);
  }

  get bridge() {
    return bridgeAt(this.deployment);
  }

  override get ports(): InstallPorts {
    return {
      ...super.ports,
      locks: {
        acquire: async () => ({ release: async () => undefined }),
        holder: async () => undefined,
      },
      proxyTls: {
        servedCertificate: async ({ address }) => {
          if (!this.canLook)
            throw new Failure('verification-failed', 'No TLS handshake.', { found: 'ETIMEDOUT' });
          return address === addresses.bridge
            ? this.fingerprintAt(this.bridge.serverCertificate)
            : this.#mainServes();
        },
      },
    };
  }

  async text(path: string): Promise<string> {
    return (await this.files.readText(path)) ?? '';
  }

  async facts(path: string): Promise<CertificateFacts> {
    return this.certificates.read(await this.text(path));
  }

  async fingerprintAt(path: string): Promise<string> {
    return (await this.facts(path)).fingerprint;
  }

  /** Text of every file in `data/`. */
  async data(): Promise<Readonly<Record<string, string>>> {
    const { dataDir } = this.deployment;
    const names = [...(await this.files.list(dataDir))].sort();
    const texts = await Promise.all(names.map((name) => this.text(join(dataDir, name))));
    return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? '']));
  }

  /** Lets days pass. */
  async wait(days: number): Promise<void> {
    await this.clock.sleep(days * day);
  }

  async rotate(
    options: Partial<CaRotationOptions> = {},
    answers: InstallAnswers = answersOf({ token: undefined }),
  ): Promise<Rotated> {
    const said = { ...nothingSaid, ...options };
    const run = startInstall({
      flow: rotateCaFlow(this.deployment.dir, this.settings, said),
      ...{ answers, ports: this.ports, place: this.deployment },
      ...{ runId: 'run', version: '0.0.0', dryRun: false },
      consent: async () => true,
      signal: new AbortController().signal,
    });
    const events = await Array.fromAsync(run);
    const finish = events.at(-1);
    if (finish?.type !== 'flow.finished') throw new Error('the flow has no end');
    return { events, finish };
  }

  /** A first run, and the word that what it made is registered. */
  async registered(
    options: Partial<CaRotationOptions> = {},
    answers?: InstallAnswers,
  ): Promise<Rotated> {
    await this.rotate(options, answers);
    const caRegistered = await this.fingerprintAt(this.next.caCertificate);
    return this.rotate({ caRegistered }, answers);
  }

  async #mainServes(): Promise<string> {
    const onDisk = await this.fingerprintAt(this.deployment.serverCertificate);
    if (!this.isStubborn || this.#shown === undefined) this.#shown = onDisk;
    return this.#shown;
  }

  #script(): void {
    const { engine, compose, deployment } = this;
    const own = { workingDir: deployment.dir };
    const second = { workingDir: this.bridge.dir, project: 'mcp-tunnel-bridge' };
    engine.add(services.proxy, { ...own, addresses: { [network]: addresses.main } });
    engine.add(services.cloudflared, own);
    this.#connect('cloudflared-1');
    compose.onUp = () => {
      const id = (service: string) => `bridge-${service}-1`;
      if (compose.calls.at(-1) === `up ${services.proxy}`) {
        const at = { addresses: { [network]: addresses.bridge } };
        engine.add(services.proxy, { ...second, ...at, id: id(services.proxy) });
        return;
      }
      engine.add(services.cloudflared, { ...second, id: id(services.cloudflared) });
      this.#connect(id(services.cloudflared));
      for (const line of this.bridgeSays) engine.say(id(services.proxy), line);
    };
    compose.onDown = () => {
      for (const service of [services.proxy, services.cloudflared])
        engine.remove(`bridge-${service}-1`);
    };
    compose.onStop = (service) => engine.stop(`${service}-1`);
    compose.onStart = (service) => {
      engine.restart(`${service}-1`);
      if (service === services.proxy) this.#shown = undefined;
    };
  }

  #connect(id: string): void {
    for (const index of [0, 1, 2, 3])
      this.engine.say(
        id,
        `2026-11-24T10:00:00Z INF Registered tunnel connection connIndex=${index} event=0 ip=198.41.192.7 location=fra08 protocol=http2`,
      );
  }
}

export function eventsOf<T extends FlowEvent['type']>(
  { events }: Rotated,
  type: T,
): readonly Extract<FlowEvent, { type: T }>[] {
  return events.filter((event): event is Extract<FlowEvent, { type: T }> => event.type === type);
}
