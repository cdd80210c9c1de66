import type { TunnelForm } from '../../../screens/views.ts';
import { Secret } from '../../domain/secret.ts';
import { tunnelForm } from './forms.ts';
import type { WizardContext } from './wizard-context.ts';
import type { WizardState } from './wizard-state.ts';

/** The token that a rotation is to take. */
export interface RotationState {
  /** Whatever was pasted. */
  readonly token: Secret | undefined;
  /** Who filled it in if nobody pasted it: the simulated Console. */
  readonly filledIn: string | undefined;
}

/** The new token as its screen shows it. */
export function newTokenForm({ draft, rotation }: WizardState): TunnelForm {
  const form = tunnelForm({ ...draft, token: rotation.token }, false);
  return { ...form, source: rotation.filledIn };
}

/** A token rotation, up to its plan. */
export class Rotation {
  readonly #context: WizardContext;

  constructor(context: WizardContext) {
    this.#context = context;
  }

  /** Leads to a new token: the one given, or in a rehearsal that of the simulated Console, which has rotated it. */
  async open(given?: string): Promise<void> {
    const { store, world, go } = this.#context;
    store.setState({
      way: 'rotate-token',
      rotation: { token: given === undefined ? undefined : new Secret(given), filledIn: undefined },
    });
    go('new-token');
    if (given !== undefined) return;
    const token = await world.rotateToken?.(store.getState().draft.domain);
    if (typeof token?.value !== 'string' || store.getState().rotation.token) return;
    store.setState({ rotation: { token: new Secret(token.value), filledIn: token.source } });
  }

  /** What was pasted or typed; empty takes it back. */
  setToken(text: string): void {
    const token = text === '' ? undefined : new Secret(text);
    this.#context.store.setState({ rotation: { token, filledIn: undefined } });
  }

  /** The deployment has the new token: whatever was given before is an old one. */
  taken(): void {
    this.#context.store.setState(({ draft }) => {
      const { token, ...given } = draft.given;
      return {
        draft: { ...draft, given, token: undefined },
        rotation: { token: undefined, filledIn: undefined },
      };
    });
  }
}
