import { useApp, useInput, usePaste, useWindowSize } from 'ink';
import { useStore } from 'zustand/react';
import { keyName } from '../../../screens/key-map.ts';
import type { Shell } from '../../../screens/views.ts';
import type { Wizard } from '../wizard/wizard.ts';
import { WizardPage } from './wizard-page.tsx';

export interface AppProps {
  readonly wizard: Wizard;
  readonly colour: boolean;
  /** Puts the program into the background; resolves when it was fetched back. */
  readonly onSuspend: () => Promise<void>;
  readonly onCopy: (text: string) => void;
}

/** The wizard on a terminal: the page it is at, in the size that the window has. */
export function App({ wizard, colour, onSuspend, onCopy }: AppProps) {
  const state = useStore(wizard.store);
  const { columns, rows } = useWindowSize();
  const { suspendTerminal } = useApp();
  useInput((input, key) => {
    const name = keyName(input, key);
    if (name === 'ctrl+c') void wizard.leave();
    if (name === 'ctrl+z') void suspendTerminal(onSuspend);
  });
  // What is pasted where nothing takes it is no row of key presses.
  usePaste(() => undefined);
  const { rehearsal } = wizard.settings;
  const { page, way } = state;
  const shell: Shell = { page, way, columns, rows, rehearsal, colour };
  return <WizardPage wizard={wizard} state={state} shell={shell} onCopy={onCopy} />;
}
