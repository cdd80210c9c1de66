import { setImmediate as nextTurn } from 'node:timers/promises';
import { type PageId, pages } from '../../screens/views.ts';
import { toolVersion } from '../../src/domain/version.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { InstallPorts } from '../../src/steps/install/ports.ts';
import { draftFrom } from '../../src/surfaces/wizard/draft.ts';
import { Wizard } from '../../src/surfaces/wizard/wizard.ts';
import type { WizardSettings } from '../../src/surfaces/wizard/wizard-world.ts';
import { MemoryFiles } from './memory-files.ts';
import { domain, tokenText } from './sample-answers.ts';
import { sampleCertificates } from './sample-certificates.ts';
import { existing, looks } from './sample-look.ts';
import { sampleFlow, sampleLog, sampleUpstreams } from './sample-run.ts';
import { ScriptedCompose } from './scripted-compose.ts';
import { ScriptedEngine } from './scripted-engine.ts';
import { ScriptedNetwork } from './scripted-network.ts';
import { VirtualClock } from './virtual-clock.ts';

const home = '/home/operator';
const dir = `${home}/mcp-tunnel`;
const self = ['mcp-tunnel', 'install', '--dir', dir];

const settings: WizardSettings = {
  apiUrl: 'https://api.anthropic.com',
  toolVersion,
  self,
  rehearsal: false,
  startTimeoutMs: 60_000,
  user: 'operator',
  hostname: 'vm-7',
  reopen: self,
  openAnew: self,
  hasToken: false,
  newRunId: () => 'run-1',
};

/** The same on every machine: an empty disk, no container, upstreams that answer as written. */
function samplePorts(engine: ScriptedEngine, clock: Clock): InstallPorts {
  const files = new MemoryFiles(home, clock.now());
  return {
    files,
    ownedFiles: files.owned,
    engine,
    compose: new ScriptedCompose(),
    certificates: sampleCertificates,
    network: new ScriptedNetwork(),
    mcp: {
      probe: async (url) =>
        Object.values(sampleUpstreams).find(({ upstream }) => url.startsWith(upstream))?.answer ?? {
          kind: 'unreachable',
          code: 'ECONNREFUSED',
        },
    },
    locks: {
      acquire: async () => ({ release: async () => undefined }),
      holder: async () => undefined,
    },
    clock,
    host: {
      uid: 1000,
      gid: 1000,
      username: settings.user,
      hostname: settings.hostname,
      platform: 'linux',
      addresses: () => [],
      which: async () => undefined,
    },
  };
}

async function until(wizard: Wizard, holds: (state: Wizard['state']) => boolean): Promise<void> {
  while (!holds(wizard.state)) await nextTurn();
}

/** What a person has done, and what came of it, when the wizard is at a page. */
const arrivals: Readonly<Partial<Record<PageId, (wizard: Wizard) => Promise<void>>>> = {
  welcome: async () => undefined,
  async prerequisites(wizard) {
    wizard.next();
    await until(wizard, ({ checks }) => checks.every(({ status }) => status !== 'busy'));
  },
  mode: async (wizard) => wizard.next(),
  async tunnel(wizard) {
    wizard.next();
    wizard.setDomain(domain);
    wizard.setToken(tokenText());
  },
  certificates: async (wizard) => wizard.next(),
  async 'register-ca'(wizard) {
    wizard.next();
    await until(wizard, ({ ca }) => ca.status === 'made' || ca.status === 'failed');
  },
  async routes(wizard) {
    await wizard.confirmCa();
    for (const name of ['wiki', 'tickets'] as const)
      wizard.routes.add(name, sampleUpstreams[name].upstream);
    await until(
      wizard,
      ({ probes }) =>
        Object.values(probes).filter(({ status }) => status !== 'busy').length ===
        wizard.state.draft.routes.length,
    );
  },
  async review(wizard) {
    wizard.routes.remove(wizard.state.draft.routes.findIndex(({ name }) => name === 'tickets'));
    wizard.next();
    await until(wizard, ({ run }) => run === 'asking' || run === 'ended');
  },
  async launch(wizard) {
    const flow = sampleFlow('connecting', dir, settings);
    wizard.store.setState({ page: 'launch', run: 'running', flow, logs: sampleLog });
  },
  async summary(wizard) {
    const flow = sampleFlow('done', dir, settings);
    const certificateDue = { notAfter: '2027-02-22', daysLeft: 90 };
    wizard.store.setState({ page: 'summary', run: 'ended', flow, certificateDue });
  },
  logs: async (wizard) => wizard.showLogs(),
};

/**
 * The wizard at a page of a sample installation, with everything that was answered on the way. What
 * it shows is the same on every machine and at any time.
 */
export async function sampleWizard(page: PageId): Promise<Wizard> {
  return (await sampleScene(page)).wizard;
}

/** The home screen of a deployment on which something is due, or another page that is reached from there. */
export async function sampleHome(
  page: 'home' | 'status' | 'renew-cert' | 'hosts',
  clock?: Clock,
): ReturnType<typeof sampleScene> {
  const { wizard, engine } = await sampleScene('welcome', clock);
  const row = (name: string, done: boolean, note?: string) => ({
    ...{ name, done, note },
    command: `ssh -t ${name} 'mcp-tunnel rotate-token --dir ${dir}'`,
  });
  const view = { fingerprint: 'ab12cd34ef56'.padEnd(64, '0'), keyKind: 'RSA-2048' };
  wizard.store.setState(({ renewal }) => ({
    page,
    way: page === 'hosts' ? 'rotate-token' : page === 'renew-cert' ? 'renew-cert' : 'install',
    existing,
    look: looks.due,
    hosts: {
      rows: [row('vm-2', true, 'Frankfurt'), row('vm-3', false)],
      token: 'd49d1dfaf453',
      problem: undefined,
    },
    renewal: {
      ...renewal,
      found: {
        server: { ...view, notAfter: '2026-12-06T12:00:00Z', daysLeft: 12 },
        ca: { ...view, notAfter: '2036-11-21T12:00:00Z', daysLeft: 3649 },
        archived: undefined,
      },
      caKey: { kind: 'opens' },
    },
  }));
  return { wizard, engine };
}

/** The same with the engine, on which containers can be made to speak; with a clock of its own where time matters. */
export async function sampleScene(
  page: PageId,
  clock: Clock = new VirtualClock('2026-11-24T13:40:00Z'),
): Promise<{ readonly wizard: Wizard; readonly engine: ScriptedEngine }> {
  const engine = new ScriptedEngine(clock);
  const ports = samplePorts(engine, clock);
  const wizard = new Wizard({
    world: { dir, ports: async () => ports, async *examine() {} },
    settings,
    draft: draftFrom({}, home),
    found: undefined,
    signal: new AbortController().signal,
  });
  const order: readonly PageId[] = [...pages.map(({ id }) => id), 'logs'];
  for (const id of order.slice(0, order.indexOf(page) + 1)) await arrivals[id]?.(wizard);
  return { wizard, engine };
}
