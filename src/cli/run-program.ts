import { asFailure, type ExitCode, type Failure, failureExitCodes } from '../domain/failure.ts';
import { toolVersion } from '../domain/version.ts';
import { installQuestions } from '../questions/install-questions.ts';
import type { FlowEvent } from '../runner/events.ts';
import { reportFailure } from '../runner/report-failure.ts';
import { jsonSurface } from '../surfaces/json.ts';
import { colourStyle, plainStyle } from '../surfaces/style.ts';
import type { Surface } from '../surfaces/surface.ts';
import { textSurface } from '../surfaces/text.ts';
import { commandTable } from './commands.ts';
import { commandHelp, programHelp } from './help.ts';
import { noteOutcome } from './note-outcome.ts';
import { type ParsedArgv, parseArgv, requireSubcommand } from './parse-argv.ts';
import type { ProcessIo } from './process-io.ts';
import { runnerOf } from './runners.ts';
import { wantsWizard } from './wants-wizard.ts';

/** The exit code of a finished flow (design 8). */
export function exitCodeOf(event: Extract<FlowEvent, { type: 'flow.finished' }>): ExitCode {
  if (event.failure) return failureExitCodes[event.failure.code];
  return event.outcome === 'action-needed' ? 10 : 0;
}

async function surfaceFor(io: ProcessIo, argv: ParsedArgv): Promise<Surface> {
  if (argv.switches.get('json')) return jsonSurface(io.stdout, argv.rehearse);
  const options = {
    style: io.colour ? colourStyle : plainStyle,
    verbose: argv.switches.get('verbose') ?? false,
    diffs: argv.switches.get('dry-run') ?? false,
    rehearsal: argv.rehearse,
  };
  const plain = argv.switches.get('plain') || options.verbose;
  if (io.terminal && !plain && !argv.command.look) {
    const { liveSurface } = await import('../surfaces/live.tsx');
    return liveSurface(io.terminal, io.stdout, options, io.ask);
  }
  return textSurface(io.stdout, options, io.interactive ? io.ask : undefined);
}

/** A failure before a flow could start, told as the end of that flow. */
function failedEarly(flow: string, dir: string, failure: Failure): FlowEvent {
  const outcome = failure.code === 'interrupted' ? 'interrupted' : 'failed';
  const report = reportFailure(failure);
  return { type: 'flow.finished', flow, outcome, changed: false, dir, failure: report };
}

async function runParsed(io: ProcessIo, argv: ParsedArgv): Promise<ExitCode> {
  const surface = await surfaceFor(io, argv);
  let code: ExitCode = 1;
  let dir = '';
  let noted: Promise<void> | undefined;
  const chose = (chosen: string) => {
    dir = chosen;
  };
  const show = (event: FlowEvent) => {
    surface.show(event);
    if (event.type !== 'flow.finished') return;
    code = exitCodeOf(event);
    if (argv.switches.get('note-outcome')) noted = noteOutcome(event, code);
  };
  try {
    if (wantsWizard(io.interactive, argv)) {
      const { runWizard } = await import('./run-wizard.ts');
      return await runWizard({ io, argv, chose });
    }
    const run = await runnerOf(argv.command);
    await run({ io, argv, chose, surface, show });
  } catch (error) {
    show(failedEarly(argv.command.name, dir, asFailure(error)));
    if (argv.switches.get('verbose') && asFailure(error).code === 'bug')
      io.stderr(`${String(error instanceof Error ? error.stack : error)}\n`);
  }
  await noted;
  return code;
}

/** Without a command the wizard opens: it is `install` with a face (design 8). */
function wizardArgv(argv: readonly string[]): readonly string[] {
  const [first] = argv;
  return first === undefined || first.startsWith('--') ? ['install', ...argv] : argv;
}

/** Runs one command line from beginning to end and gives the exit code; never throws. */
export async function runProgram(io: ProcessIo): Promise<ExitCode> {
  const commands = commandTable(installQuestions);
  const [first] = io.argv;
  if (first === '--help' || first === '-h' || first === 'help') {
    io.stdout(programHelp(commands));
    return 0;
  }
  if (first === undefined && !io.interactive) {
    io.stderr(programHelp(commands));
    return 2;
  }
  let argv: ParsedArgv;
  try {
    argv = parseArgv(io.interactive ? wizardArgv(io.argv) : io.argv, commands);
    if (!wantsWizard(io.interactive, argv)) requireSubcommand(argv);
  } catch (error) {
    const failure = asFailure(error);
    if (io.argv.includes('--json'))
      jsonSurface(io.stdout, first === 'rehearse').show(failedEarly(first ?? '', '', failure));
    io.stderr(
      `${[`mcp-tunnel ${toolVersion}: ${failure.summary}`, ...failure.nextSteps].join('\n')}\n`,
    );
    return failure.exitCode;
  }
  if (argv.switches.get('help')) {
    io.stdout(commandHelp(argv.command, argv.rehearse));
    return 0;
  }
  return runParsed(io, argv);
}
