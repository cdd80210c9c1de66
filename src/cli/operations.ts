import { installFlow } from '../flows/install.ts';
import { rotateTokenFlow } from '../flows/rotate-token.ts';
import { startInstall } from '../flows/start-install.ts';
import type { FlowEvent } from '../runner/events.ts';
import type { InstallSettings } from '../steps/install/ports.ts';
import type { ParsedArgv } from './parse-argv.ts';

/** What every operation on a deployment runs with. */
export interface OperationRun extends Omit<Parameters<typeof startInstall>[0], 'flow'> {
  readonly settings: InstallSettings;
  readonly argv: ParsedArgv;
}

export interface Operation {
  /** True if a token need not be among the answers. */
  readonly tokenOptional: boolean;
  run(run: OperationRun): AsyncGenerator<FlowEvent>;
}

/** Operations by command; each is one flow over the deployment's answers. */
export const operations: Readonly<Record<string, Operation>> = {
  install: {
    tokenOptional: false,
    run: (run) => startInstall({ ...run, flow: installFlow(run.place.dir, run.settings) }),
  },
  'rotate-token': {
    tokenOptional: true,
    run: (run) => startInstall({ ...run, flow: rotateTokenFlow(run.place.dir, run.settings) }),
  },
};
