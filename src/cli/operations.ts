import type { Route } from '../domain/route.ts';
import { installFlow } from '../flows/install.ts';
import { listRoutes } from '../flows/list-routes.ts';
import { renewCertFlow } from '../flows/renew-cert.ts';
import { rotateTokenFlow } from '../flows/rotate-token.ts';
import { routesFlow } from '../flows/routes.ts';
import { startInstall } from '../flows/start-install.ts';
import type { FlowEvent } from '../runner/events.ts';
import type { InstallSettings } from '../steps/install/ports.ts';
import type { ParsedArgv } from './parse-argv.ts';
import { renewalOptions } from './renewal-options.ts';
import { routesGiven, routesRequest, withoutAllowedIps } from './routes-request.ts';

/** What every operation on a deployment runs with. */
export interface OperationRun extends Omit<Parameters<typeof startInstall>[0], 'flow'> {
  readonly settings: InstallSettings;
  readonly argv: ParsedArgv;
}

export interface Operation {
  /** True if a token need not be among the answers. */
  readonly tokenOptional: boolean;
  /** The command line as far as the deployment's answers go; without: all of it. */
  answersArgv?(argv: ParsedArgv): ParsedArgv;
  /** Routes that come to those answered, and may be asked. */
  newRoutes?(argv: ParsedArgv): readonly Route[];
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
  'renew-cert': {
    tokenOptional: true,
    run: ({ argv, ...run }) => {
      const flow = renewCertFlow(run.place.dir, run.settings, renewalOptions(argv));
      return startInstall({ ...run, flow });
    },
  },
  routes: {
    tokenOptional: true,
    answersArgv: withoutAllowedIps,
    newRoutes: routesGiven,
    run: ({ argv, ...run }) => {
      if (argv.subcommand === 'list') return listRoutes(run);
      const flow = routesFlow(run.place.dir, run.settings, routesRequest(argv));
      return startInstall({ ...run, flow });
    },
  },
};
