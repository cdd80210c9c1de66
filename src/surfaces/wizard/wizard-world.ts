import type { Secret } from '../../domain/secret.ts';
import type { LineFiles } from '../../ports/line-files.ts';
import type { MessagesApi } from '../../ports/messages-api.ts';
import type { RawAnswer } from '../../questions/question.ts';
import type { FlowEvent } from '../../runner/events.ts';
import type { InstallAnswers } from '../../steps/install/answers.ts';
import type { InstallPorts, InstallSettings } from '../../steps/install/ports.ts';

/** What the wizard acts through: the real machine or the simulator. */
export interface WizardWorld {
  readonly dir: string;
  ports(needs: Pick<InstallAnswers, 'images' | 'routes'>): Promise<InstallPorts>;
  /** What the deployment's own files say that ports have to know; without it, what was answered. */
  deployedNeeds?(): Promise<Pick<InstallAnswers, 'images' | 'routes'>>;
  /** The Messages API, with a key where one is given; absent where it cannot be asked. */
  messages?(): Promise<{
    readonly api: MessagesApi;
    readonly key?: Secret;
    /** Where the key comes from. */
    readonly keyFrom?: string;
  }>;
  /** Examines the deployment as `doctor` does; never throws. */
  examine(signal: AbortSignal): AsyncIterable<FlowEvent>;
  /** Where lines of logs are saved; absent where nothing can be. */
  readonly lineFiles?: LineFiles;
  /** In a rehearsal: presses “Rotate token” in the simulated Console and gives the new one. */
  rotateToken?(domain: string): Promise<RawAnswer | undefined>;
}

/** What the wizard is told when it opens. */
export interface WizardSettings extends InstallSettings {
  readonly user: string;
  readonly hostname: string;
  /** argv that opens this wizard again on its deployment, and what opens it while there is none. */
  readonly reopen: readonly string[];
  readonly openAnew: readonly string[];
  /** True if the deployment has a token: none must be given then. */
  readonly hasToken: boolean;
  readonly newRunId: () => string;
  /** Writes an escape sequence to the terminal (OSC 52); absent where there is none. */
  readonly terminal?: (sequence: string) => void;
}
