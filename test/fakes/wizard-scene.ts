import type { Clock } from '../../src/ports/clock.ts';
import type { LineFiles } from '../../src/ports/line-files.ts';
import type { McpAnswer, UpstreamTrust } from '../../src/ports/mcp-client.ts';
import type { RawAnswers } from '../../src/questions/question.ts';
import type { FlowEvent } from '../../src/runner/events.ts';
import type { InstallPorts } from '../../src/steps/install/ports.ts';
import { draftFrom } from '../../src/surfaces/wizard/draft.ts';
import { findDeployment } from '../../src/surfaces/wizard/existing-deployment.ts';
import { Wizard } from '../../src/surfaces/wizard/wizard.ts';
import type { WizardSettings, WizardWorld } from '../../src/surfaces/wizard/wizard-world.ts';
import { InstallScene } from './install-scene.ts';
import { domain, tokenText } from './sample-answers.ts';

/** Later than any file that a test writes: no container is older than what it reads. */
const startedAt = new Date('2100-01-01T00:00:00Z');

const sampleAddress = '172.18.0.4';

const registered = (index: number) =>
  `2026-11-24T10:00:00Z INF Registered tunnel connection connIndex=${index} event=0 ip=198.41.192.7 location=fra08 protocol=http2`;

/** P-256, because it is made fastest. */
export const fastKeys: RawAnswers = { keyType: { value: 'p-256', source: 'a test' } };

/** Everything that must be answered, as if it had been given by flags. */
export const sampleGiven: RawAnswers = {
  ...fastKeys,
  domain: { value: domain, source: '--domain' },
  token: { value: tokenText(), source: '--token-file' },
};

/** Resolves as soon as the wizard’s state is as wanted. */
export function until(wizard: Wizard, wanted: (state: Wizard['state']) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!wanted(wizard.state)) return;
      off();
      resolve();
    };
    const off = wizard.store.subscribe(look);
    look();
  });
}

/**
 * A host on which a wizard is opened: real files and certificates, an engine that does what the test
 * says. Without a script the stack comes up and connects.
 */
export class WizardScene implements AsyncDisposable {
  readonly host: InstallScene;
  /** What upstreams answer, by their MCP URL; nobody listens at any other. */
  readonly upstreams = new Map<string, McpAnswer>();
  /** Whom to trust, as it was asked with; by MCP URL. */
  readonly trusted = new Map<string, UpstreamTrust | undefined>();
  /** What a schedule works through; without it nothing can be scheduled. */
  scheduled: Pick<InstallPorts, 'scheduler' | 'programs'> = {};
  /** What the doctor says. */
  readonly examination: FlowEvent[] = [];
  /** Instead of the host's own, where time is to pass by itself. */
  clock: Clock | undefined;
  /** Where logs are saved. */
  lineFiles: LineFiles | undefined;
  /** Aborts as the process's signals do. */
  readonly signals = new AbortController();
  #runs = 0;

  private constructor(host: InstallScene) {
    this.host = host;
    this.comesUp();
  }

  static async make(): Promise<WizardScene> {
    return new WizardScene(await InstallScene.make());
  }

  get dir(): string {
    return this.host.deployment.dir;
  }

  get ports(): InstallPorts {
    return {
      ...this.host.ports,
      ...(this.clock ? { clock: this.clock } : {}),
      ...this.scheduled,
      locks: {
        acquire: async () => ({ release: async () => undefined }),
        holder: async () => undefined,
      },
      mcp: {
        probe: async (url, _timeoutMs, trust) => {
          this.trusted.set(url, trust);
          return this.upstreams.get(url) ?? { kind: 'unreachable', code: 'ECONNREFUSED' };
        },
      },
    };
  }

  get world(): WizardWorld {
    const { examination, lineFiles } = this;
    return {
      dir: this.dir,
      ports: async () => this.ports,
      ...(lineFiles ? { lineFiles } : {}),
      async *examine() {
        yield* examination;
      },
    };
  }

  /** Opens the wizard on what is in the directory now. */
  async open(
    given: RawAnswers = fastKeys,
    settings: Partial<WizardSettings> = {},
  ): Promise<Wizard> {
    const self = ['mcp-tunnel', 'install', '--dir', this.dir];
    return new Wizard({
      world: this.world,
      draft: draftFrom(given, this.host.outside),
      found: await findDeployment(this.dir, this.host.files, given, async () => this.ports),
      signal: this.signals.signal,
      settings: {
        ...this.host.settings,
        self,
        reopen: self,
        openAnew: self,
        user: 'operator',
        hostname: 'vm-7',
        hasToken: false,
        newRunId: () => `run-${++this.#runs}`,
        ...settings,
      },
    });
  }

  /** Installs as `sampleGiven` says, without anybody asked. */
  async install(given: RawAnswers = sampleGiven): Promise<void> {
    const wizard = await this.open(given);
    wizard.run.start(() => true);
    await until(wizard, ({ run }) => run === 'ended');
    const { failure } = wizard.state.flow;
    if (failure) throw new Error(failure.summary);
  }

  /** Opens the wizard on what is installed, with what that was told, as a command does. */
  async openAgain(more: RawAnswers = {}, settings: Partial<WizardSettings> = {}): Promise<Wizard> {
    const { token, ...told } = sampleGiven;
    const stored = Object.fromEntries(
      Object.entries(told).map(([id, answer]) => [id, { ...answer, stored: true as const }]),
    );
    return this.open({ ...stored, ...more }, { hasToken: true, ...settings });
  }

  /** From now on `up` starts the stack, and `lines` are what cloudflared then writes. */
  script(...lines: readonly string[]): void {
    const { compose, engine } = this.host;
    compose.onUp = () => {
      for (const service of ['mcp-proxy', 'cloudflared', 'hello-mcp']) {
        engine.add(service, {
          workingDir: this.dir,
          startedAt,
          addresses: service === 'hello-mcp' ? { tunnel: sampleAddress } : {},
        });
      }
      engine.say('mcp-proxy-1', 'level=info msg="route configured" route=echo');
      for (const line of lines) engine.say('cloudflared-1', line);
    };
  }

  /** From now on `up` starts a stack that connects, and whose sample server answers. */
  comesUp(): void {
    this.script(...[0, 1, 2, 3].map(registered));
    this.upstreams.set(`http://${sampleAddress}:9000/mcp`, {
      kind: 'mcp',
      serverName: 'hello',
      serverVersion: '1',
      tools: [{ name: 'hello', description: undefined }],
    });
  }

  /** From now on the edge refuses the token of a stack that is started. */
  refusesToken(): void {
    this.script(
      '2026-11-24T10:00:00Z ERR Register tunnel error from server side error="Unauthorized: Invalid tunnel secret" connIndex=0 event=0 ip=198.41.200.13',
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signals.abort();
    await this.host[Symbol.asyncDispose]();
  }
}
