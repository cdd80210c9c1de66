import { type Instance, render } from 'ink';
import { clipboardSequence } from '../clipboard.ts';
import { suspendProcess } from '../suspend-process.ts';
import type { Wizard, WizardEnd } from '../wizard/wizard.ts';
import { App } from './app.tsx';
import { PacedInput } from './paced-input.ts';
import { guardTerminal } from './terminal-guard.ts';

export interface TuiOptions {
  readonly wizard: Wizard;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly colour: boolean;
  /** Aborts when the process is asked to end. */
  readonly signal: AbortSignal;
}

/** No frame waits for the one before it: what comes often comes in batches, and keys are few. */
const maxFps = 1_000;

/** Draws the wizard until it ends; the terminal is then as it was before. */
export async function runTui({
  wizard,
  stdin,
  stdout,
  colour,
  signal,
}: TuiOptions): Promise<WizardEnd> {
  const unguard = guardTerminal(stdin, stdout);
  const input = new PacedInput(stdin);
  let drawn: Instance | undefined;
  const leave = () => void wizard.leave();
  signal.addEventListener('abort', leave, { once: true });
  // The terminal is gone (its window was closed, the connection cut): nobody can answer any more.
  input.once('gone', leave);
  stdout.once('error', leave);
  try {
    // Before the first frame: until then the terminal shows what is typed, and takes Ctrl-C for itself.
    input.setRawMode(true);
    stdout.write('\r');
    drawn = render(
      <App
        wizard={wizard}
        colour={colour}
        onSuspend={suspendProcess}
        onCopy={(text) => {
          stdout.write(clipboardSequence(text));
          wizard.copied();
        }}
      />,
      {
        stdout,
        // Ink needs of a terminal's input what PacedInput has.
        stdin: input,
        exitOnCtrlC: false,
        patchConsole: false,
        interactive: true,
        alternateScreen: true,
        incrementalRendering: true,
        maxFps,
      },
    );
    wizard.begin();
    return await wizard.ended;
  } finally {
    signal.removeEventListener('abort', leave);
    stdout.off('error', leave);
    drawn?.unmount();
    drawn?.cleanup();
    input.setRawMode(false);
    input.release();
    unguard();
  }
}
