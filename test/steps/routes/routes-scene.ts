import { join } from 'node:path';
import { bridgeAt } from '../../../src/domain/bridge.ts';
import { changesAnything } from '../../../src/domain/change.ts';
import { services } from '../../../src/domain/deployment.ts';
import type { RoutesRequest } from '../../../src/domain/route-change.ts';
import { routesFlow } from '../../../src/flows/routes.ts';
import type { McpAnswer, VendorSide } from '../../../src/ports/mcp-client.ts';
import type { InstallAnswers } from '../../../src/steps/install/answers.ts';
import { certificateAuthority } from '../../../src/steps/install/certificate-authority.ts';
import { directories } from '../../../src/steps/install/directories.ts';
import { files } from '../../../src/steps/install/files.ts';
import type { InstallPorts } from '../../../src/steps/install/ports.ts';
import { serverCertificate } from '../../../src/steps/install/server-certificate.ts';
import { token } from '../../../src/steps/install/token.ts';
import { InstallScene } from '../../fakes/install-scene.ts';
import { answersOf } from '../../fakes/sample-answers.ts';

/** Later than any file that a test writes. */
export const later = new Date('2100-01-01T00:00:00Z');
/** Earlier than any. */
export const longAgo = new Date('2020-01-01T00:00:00Z');

const network = 'mcp-tunnel_default';
const sampleAnswer: McpAnswer = {
  kind: 'mcp',
  serverName: 'hello',
  serverVersion: '1',
  tools: [{ name: 'hello', description: undefined }],
};

/** A deployment that runs, on a scripted engine whose bridge connects when it is started. */
export class RoutesScene implements AsyncDisposable {
  readonly answers: InstallAnswers;
  readonly install: InstallScene;
  /** What each upstream says, by URL; the sample's answer otherwise. */
  readonly said = new Map<string, McpAnswer>();
  /** The vendor's side; absent by default. */
  vendorSide: VendorSide | undefined;
  /** False: the bridge's cloudflared never registers. */
  bridgeConnects = true;

  private constructor(install: InstallScene, answers: InstallAnswers) {
    this.install = install;
    this.answers = answers;
  }

  /** The files of an installation, to make scenes from. */
  static async onDisk(answers: InstallAnswers = answersOf()): Promise<InstallScene> {
    const install = await InstallScene.make();
    await install.run(answers, directories, files, token);
    await install.run(answers, certificateAuthority);
    await install.run(answers, serverCertificate);
    return install;
  }

  static async make(onDisk: InstallScene, answers = answersOf()): Promise<RoutesScene> {
    const install = await onDisk.copy();
    const scene = new RoutesScene(install, { ...answers, token: undefined });
    scene.#script();
    return scene;
  }

  get bridge() {
    return bridgeAt(this.install.deployment);
  }

  get ports(): InstallPorts {
    const probe = async (url: string) => this.said.get(url) ?? sampleAnswer;
    const { vendorSide } = this;
    return { ...this.install.ports, mcp: { probe }, ...(vendorSide ? { vendorSide } : {}) };
  }

  flow(request: RoutesRequest) {
    return routesFlow(this.install.deployment.dir, this.install.settings, request);
  }

  observe(request: RoutesRequest) {
    return this.flow(request).observe(this.ports, this.answers);
  }

  /** The plan's lines that are not `keep`, as `action what`. */
  async plan(request: RoutesRequest): Promise<readonly string[]> {
    const world = await this.observe(request);
    return this.flow(request)
      .steps.flatMap((step) => step.plan(this.answers, world))
      .filter(({ action }) => action !== 'keep')
      .map(({ action, what }) => `${action} ${what}`);
  }

  /** Carries out the steps with work to do, up to the one named; a failure ends it. */
  async run(request: RoutesRequest, last = 'bridge-leaves'): Promise<void> {
    const world = await this.observe(request);
    for (const step of this.flow(request).steps) {
      const hasWork = changesAnything(step.plan(this.answers, world));
      if (hasWork || step.always) {
        await step.run({
          answers: this.answers,
          world,
          ports: this.ports,
          signal: new AbortController().signal,
          emit: (event) => this.install.events.push(event),
          undo: { record: async (entry) => void this.install.undone.push(entry) },
        });
      }
      if (step.id === last) return;
    }
  }

  /** Text of a file of the deployment. */
  text(path: string): Promise<string | undefined> {
    return this.ports.files.readText(join(this.install.deployment.dir, path));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.install[Symbol.asyncDispose]();
  }

  #script(): void {
    const { engine, compose, deployment } = this.install;
    const own = { workingDir: deployment.dir, startedAt: later };
    engine.add(services.proxy, { ...own, addresses: { [network]: '172.18.0.2' } });
    engine.add(services.cloudflared, own);
    engine.add(services.sample, { ...own, addresses: { [network]: '172.18.0.3' } });
    this.#speak('');
    compose.onUp = () => {
      const bridge = { workingDir: this.bridge.dir, project: 'mcp-tunnel-bridge' };
      for (const service of [services.proxy, services.cloudflared])
        engine.add(service, { ...bridge, id: `bridge-${service}-1`, startedAt: later });
      this.#speak('bridge-');
    };
    compose.onDown = ({ project }) => {
      if (project !== 'mcp-tunnel-bridge') throw new Error(`down ${project}`);
      for (const service of [services.proxy, services.cloudflared])
        engine.remove(`bridge-${service}-1`);
    };
    compose.onStop = (service) => engine.stop(`${service}-1`);
    compose.onStart = (service) => {
      engine.restart(`${service}-1`);
      engine.change(`${service}-1`, { startedAt: later });
      this.#speak('', service);
    };
  }

  #speak(prefix: string, only?: string): void {
    const { engine } = this.install;
    if (only !== services.cloudflared)
      for (const name of ['echo', 'second', 'third'])
        engine.say(`${prefix}mcp-proxy-1`, `level=info msg="route configured" route=${name}`);
    if (only === services.proxy || (prefix !== '' && !this.bridgeConnects)) return;
    for (const index of [0, 1, 2, 3])
      engine.say(
        `${prefix}cloudflared-1`,
        `2026-11-24T10:00:00Z INF Registered tunnel connection connIndex=${index} event=0 ip=198.41.192.7 location=fra08 protocol=http2`,
      );
  }
}
