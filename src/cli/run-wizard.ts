import { pageLines } from '../../screens/blocks/block-lines.ts';
import { lineFiles } from '../adapters/line-files.ts';
import { systemFiles } from '../adapters/system-files.ts';
import { systemHost } from '../adapters/system-host.ts';
import { systemRandom } from '../adapters/system-random.ts';
import { type ExitCode, failureExitCodes } from '../domain/failure.ts';
import { clipboardSequence } from '../surfaces/clipboard.ts';
import { printLines } from '../surfaces/print-lines.ts';
import { colourStyle, plainStyle, type Style } from '../surfaces/style.ts';
import { draftFrom } from '../surfaces/wizard/draft.ts';
import { findDeployment } from '../surfaces/wizard/existing-deployment.ts';
import { farewell } from '../surfaces/wizard/farewell.ts';
import { Wizard, type WizardEnd } from '../surfaces/wizard/wizard.ts';
import { portNeeds } from '../surfaces/wizard/wizard-context.ts';
import { installationInputs } from './installation-inputs.ts';
import type { ParsedArgv } from './parse-argv.ts';
import { portNeedsAt } from './port-needs.ts';
import type { ProcessIo } from './process-io.ts';
import { messagesWithKey } from './verify-options.ts';
import { answersArgvOf, openAt } from './wizard-opening.ts';
import { openWorld, type World } from './world.ts';

/** Text on the main screen is no wider, however wide the terminal. */
const widestText = 100;

export interface WizardInvocation {
  readonly io: ProcessIo;
  readonly argv: ParsedArgv;
  readonly chose: (dir: string) => void;
}

function exitCodeOf(wizard: Wizard, end: WizardEnd): ExitCode {
  const { flow, run, refused } = wizard.state;
  const failure = refused ?? flow.failure;
  if (failure) return failureExitCodes[failure.code];
  if (run === 'ended' && flow.outcome === 'action-needed') return 10;
  if (run === 'ended' && flow.outcome === 'done') return 0;
  return end === 'finished' ? 0 : 130;
}

async function openWizard({ io, argv }: WizardInvocation, world: World): Promise<Wizard> {
  const answersArgv = answersArgvOf(argv);
  const { raw, hasToken, settings } = await installationInputs({ io, argv: answersArgv, world });
  const draft = draftFrom(raw, io.cwd);
  const host = systemHost(io.env['PATH'] ?? '');
  const find = () =>
    findDeployment(world.dir, systemFiles, raw, () => world.ports(portNeeds(draft)));
  const wizard = new Wizard({
    world: {
      ...world,
      deployedNeeds: () => portNeedsAt(world.dir),
      async *examine(signal) {
        const { doctorIn } = await import('./run-doctor.ts');
        yield* doctorIn({ io, argv, world, bundle: undefined, signal });
      },
      lineFiles,
      messages: () => messagesWithKey(world, io.env),
    },
    draft,
    find,
    found: await find(),
    signal: io.signal,
    settings: {
      ...settings,
      hasToken,
      user: host.username,
      hostname: host.hostname,
      reopen: settings.self,
      openAnew: argv.values.has('dir') || !argv.rehearse ? settings.self : [...io.self, 'rehearse'],
      newRunId: () => systemRandom.uuid(),
    },
  });
  await openAt(wizard, argv, raw, io.cwd);
  return wizard;
}

function styleOf({ colour }: ProcessIo): Style {
  return colour ? colourStyle : plainStyle;
}

async function show(io: ProcessIo, wizard: Wizard, plain: boolean): Promise<WizardEnd> {
  if (io.terminal && io.keyboard && !plain) {
    const { runTui } = await import('../surfaces/tui/run-tui.tsx');
    const { terminal: stdout, keyboard: stdin, colour, signal } = io;
    return runTui({ wizard, stdin, stdout, colour, signal });
  }
  const { runPlainWizard } = await import('../surfaces/plain-wizard/run-plain-wizard.ts');
  return runPlainWizard({
    wizard,
    prompt: io.prompt,
    write: io.stdout,
    style: styleOf(io),
    width: Math.min(widestText, io.columns()),
    signal: io.signal,
    ...(io.env['TERM'] === 'dumb'
      ? {}
      : { copy: (text: string) => io.stdout(clipboardSequence(text)) }),
  });
}

/** The wizard on a terminal, from its first screen to the lines it leaves behind. */
export async function runWizard(invocation: WizardInvocation): Promise<ExitCode> {
  const { io, argv, chose } = invocation;
  const world = await openWorld(argv.rehearse, { io, argv, chose });
  let end: WizardEnd;
  try {
    const wizard = await openWizard(invocation, world);
    const plain = argv.switches.get('plain') ?? false;
    end = await show(io, wizard, plain);
    const width = Math.min(widestText, io.columns());
    const lines = pageLines(farewell(wizard, end), width);
    if (lines.length > 0) io.stdout(printLines(lines, styleOf(io)));
    if (end !== 'rehearse') return exitCodeOf(wizard, end);
  } finally {
    await world.close();
  }
  // The real directory is left alone: a rehearsal has one of its own, and begins with an installation.
  const values = new Map([...argv.values].filter(([name]) => name !== 'dir'));
  const command = { ...argv.command, name: 'install' };
  return runWizard({ ...invocation, argv: { ...argv, command, rehearse: true, values } });
}
