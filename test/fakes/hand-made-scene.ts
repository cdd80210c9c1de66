import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answersOnDisk } from '../../src/cli/answers-on-disk.ts';
import { bridgeAt } from '../../src/domain/bridge.ts';
import { type Change, changesAnything } from '../../src/domain/change.ts';
import { type Deployment, services } from '../../src/domain/deployment.ts';
import { readEnvToken } from '../../src/domain/env-file.ts';
import { defaultImages } from '../../src/domain/images.ts';
import { installAnswers } from '../../src/flows/install-answers.ts';
import type { ContainerDetails } from '../../src/ports/engine.ts';
import type { RawAnswers } from '../../src/questions/question.ts';
import type { Flow } from '../../src/runner/step.ts';
import { deploymentOnDisk } from '../../src/steps/deployment-on-disk.ts';
import type { InstallAnswers } from '../../src/steps/install/answers.ts';
import type { InstallPorts } from '../../src/steps/install/ports.ts';
import { handMadeFiles, namesOf, type Variant } from './hand-made-texts.ts';
import { HostScene } from './host-scene.ts';
import { InstallScene } from './install-scene.ts';
import { domain, tokenText } from './sample-answers.ts';

/** Later than any file that a test writes. */
export const later = new Date('2100-01-01T00:00:00Z');
const network = 'tunnel_default';
const project = 'tunnel';

export function detailsOf(id: string, environment: readonly string[]): ContainerDetails {
  return {
    ...{ id, user: '65532', entrypoint: [], command: [], environment, networkMode: network },
    ...{
      mounts: [],
      readOnlyRoot: false,
      capDrop: [],
      securityOptions: [],
      logDriver: 'json-file',
    },
    ...{ stopTimeout: undefined, outOfMemory: false, error: '', finishedAt: undefined },
  };
}

/** A stack that was made by hand and runs, on a scripted engine that does what Compose is told. */
export class HandMadeScene extends InstallScene {
  variant: Variant = 'guide';
  #bridged = false;

  /** `env`: the token is in `.env`; `shell`: it was exported in the shell that started the stack. */
  static async made(variant: Variant, tokenIn: 'env' | 'shell'): Promise<HandMadeScene> {
    const scene = new HandMadeScene(await HostScene.place(project));
    scene.variant = variant;
    const files = handMadeFiles(variant, {
      domain,
      ...(tokenIn === 'env' ? { token: tokenText() } : {}),
    });
    for (const folder of ['', 'config', 'data'])
      mkdirSync(join(scene.dir, folder), { mode: 0o755 });
    for (const [name, text] of Object.entries(files)) scene.write(name, text);
    await scene.#makePair();
    scene.#run([`TUNNEL_TOKEN=${tokenText()}`]);
    return scene;
  }

  get dir(): string {
    return this.deployment.dir;
  }

  /** As it is laid out now. */
  get found(): Promise<Deployment> {
    return deploymentOnDisk(this.files, this.dir);
  }

  get service(): string {
    return namesOf(this.variant).service;
  }

  write(name: string, text: string, mode = 0o644): void {
    writeFileSync(join(this.dir, name), text, { mode });
  }

  read(name: string): string {
    return readFileSync(join(this.dir, name), 'utf8');
  }

  override get ports(): InstallPorts {
    return {
      ...super.ports,
      mcp: {
        probe: async () => ({ kind: 'mcp', serverName: 'hello', serverVersion: '1', tools: [] }),
      },
    };
  }

  /** What the files say in the place of answers, and what was given. */
  async answers(given: RawAnswers = {}, asItIs = true): Promise<InstallAnswers> {
    const raw = await answersOnDisk(this.files, await this.found, { asItIs });
    return installAnswers({ ...raw, ...given }, { hasToken: true, asItIs });
  }

  async planned<W>(
    flow: Flow<InstallAnswers, W, InstallPorts>,
    answers: InstallAnswers,
  ): Promise<readonly Change[]> {
    const world = await flow.observe(this.ports, answers);
    const all = flow.steps.flatMap((step) => step.plan(answers, world));
    return all.filter(({ action }) => action !== 'keep');
  }

  /** Carries out what has to be done, up to the step named. */
  async carryOut<W>(
    flow: Flow<InstallAnswers, W, InstallPorts>,
    answers: InstallAnswers,
    last?: string,
  ): Promise<W> {
    const world = await flow.observe(this.ports, answers);
    await this.files.makeDirectory(this.deployment.stateDir, 0o700);
    for (const step of flow.steps) {
      const hasWork = changesAnything(step.plan(answers, world));
      if (hasWork || step.always) {
        await step.run({
          ...{ answers, world, ports: this.ports, signal: new AbortController().signal },
          emit: (event) => this.events.push(event),
          undo: { record: async (entry) => void this.undone.push(entry) },
        });
      }
      if (step.id === last) break;
    }
    return world;
  }

  async #makePair(): Promise<void> {
    const now = this.clock.now();
    const about = { keyType: 'p-256', now } as const;
    const ca = await this.certificates.issueCa({ ...about, commonName: 'ca', days: 3650 });
    const server = await this.certificates.issueServer({
      ...{ ...about, domain, days: 90 },
      ...{ caCertificate: ca.certificate, caKey: ca.key },
    });
    this.write('data/ca.crt', ca.certificate);
    this.write('data/ca.key', ca.key.reveal(), 0o600);
    this.write('data/tls.crt', server.certificate);
    this.write('data/tls.key', server.key.reveal());
  }

  #run(environment: readonly string[]): void {
    const { engine, compose } = this;
    for (const ref of Object.values(defaultImages))
      engine.images.set(ref, { id: `sha256:${ref}`, repoDigests: [ref] });
    this.#start(this.service);
    this.#start(services.cloudflared, environment);
    this.#start(services.sample);
    compose.onUp = () => this.#up();
    compose.onDown = () => {
      this.#bridged = false;
      for (const service of [services.proxy, services.cloudflared])
        engine.remove(`bridge-${service}`);
    };
    compose.onRestart = (service) => engine.change(service, { startedAt: later });
    compose.onStop = (service) => engine.stop(service);
    compose.onStart = (service) => {
      engine.restart(service);
      engine.change(service, { startedAt: later });
      this.#speak(service, service);
    };
  }

  #up(): void {
    const { engine, compose } = this;
    const bridge = `${project}-bridge`;
    if (compose.projects.at(-1)?.project === bridge) {
      if (this.#bridged) return;
      this.#bridged = true;
      for (const service of [services.proxy, services.cloudflared]) {
        const where = { project: bridge, workingDir: bridgeAt(this.deployment).dir };
        engine.add(service, { ...where, id: `bridge-${service}`, startedAt: later });
        this.#speak(`bridge-${service}`, service);
      }
      return;
    }
    const text = this.#envText();
    const token = text === undefined ? undefined : readEnvToken(text)?.reveal();
    const environment = token === undefined ? [] : [`TUNNEL_TOKEN=${token}`];
    engine.remove(services.cloudflared);
    if (compose.calls.at(-1) !== 'up --no-deps cloudflared') {
      engine.remove(this.service);
      engine.remove(services.sample);
      this.#start(services.proxy);
      this.#start(services.sample);
    }
    this.#start(services.cloudflared, environment);
  }

  #envText(): string | undefined {
    try {
      return this.read('.env');
    } catch {
      return undefined;
    }
  }

  #start(service: string, environment: readonly string[] = []): void {
    const { engine } = this;
    const where = { project, workingDir: this.dir, startedAt: later };
    const addresses = service === services.cloudflared ? {} : { [network]: '172.18.0.9' };
    engine.add(service, { ...where, id: service, addresses });
    engine.detailsThere.set(service, detailsOf(service, environment));
    this.#speak(service, service);
  }

  #speak(id: string, service: string): void {
    if (service !== services.cloudflared) {
      this.engine.say(id, 'level=info msg="route configured" route=echo', later);
      return;
    }
    for (const index of [0, 1, 2, 3])
      this.engine.say(
        id,
        `2100-01-01T00:00:00Z INF Registered tunnel connection connIndex=${index} event=0 ip=198.41.192.7 location=fra08 protocol=http2`,
        later,
      );
  }
}
