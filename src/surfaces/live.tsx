import { type Instance, render, Static, Text, useWindowSize } from 'ink';
import { useStore } from 'zustand/react';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { LiveRun } from '../../screens/live-run.tsx';
import { type FlowState, reduce, stateBefore } from '../runner/reduce.ts';
import type { PresentOptions } from './present-event.ts';
import type { Surface, Write } from './surface.ts';
import { textSurface } from './text.ts';

interface LiveState {
  readonly flow: FlowState;
  /** Texts that have been said while the live part is drawn; each scrolls away above it once. */
  readonly said: readonly string[];
}

function LiveView({ store, rehearsal }: { store: StoreApi<LiveState>; rehearsal: boolean }) {
  const { flow, said } = useStore(store);
  const { columns, rows } = useWindowSize();
  return (
    <>
      <Static items={[...said]}>
        {(text, index) => <Text key={index}>{text.replace(/\n$/u, '')}</Text>}
      </Static>
      <LiveRun state={flow} columns={columns} rows={rows} rehearsal={rehearsal} />
    </>
  );
}

/**
 * The text surface with a live part below it while steps run. It reads no keys: the terminal stays
 * in its own mode, so Ctrl-C, Ctrl-Z and the scrollback work as ever.
 */
export function liveSurface(
  stdout: NodeJS.WriteStream,
  write: Write,
  options: PresentOptions & { readonly rehearsal: boolean },
  ask: (question: string) => Promise<string>,
): Surface {
  const store = createStore<LiveState>(() => ({ flow: stateBefore, said: [] }));
  let drawn: Instance | undefined;
  const say: Write = (text) => {
    if (drawn) store.setState(({ said }) => ({ said: [...said, text] }));
    else write(text);
  };
  const lines = textSurface(say, options, ask);
  return {
    consent: lines.consent,
    show(event) {
      store.setState(({ flow }) => ({ flow: reduce(flow, event) }));
      if (event.type === 'step.started' && !drawn) {
        drawn = render(<LiveView store={store} rehearsal={options.rehearsal} />, {
          stdout,
          exitOnCtrlC: false,
          patchConsole: false,
          interactive: true,
        });
      }
      if (event.type === 'flow.finished') {
        drawn?.clear();
        drawn?.unmount();
        drawn = undefined;
      }
      lines.show(event);
    },
  };
}
