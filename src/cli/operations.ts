import type { Route } from '../domain/route.ts';
import { installFlow } from '../flows/install.ts';
import { listRoutes } from '../flows/list-routes.ts';
import { renewCertFlow } from '../flows/renew-cert.ts';
import { rotateCaFlow } from '../flows/rotate-ca.ts';
import { rotateTokenFlow } from '../flows/rotate-token.ts';
import { routesFlow } from '../flows/routes.ts';
import { startInstall } from '../flows/start-install.ts';
import { switchedHostsFlow } from '../flows/switched-hosts.ts';
import type { FlowEvent } from '../runner/events.ts';
import type { InstallSettings } from '../steps/install/ports.ts';
import { caRotationOptions, withoutNewCa } from './ca-rotation-options.ts';
import type { ParsedArgv } from './parse-argv.ts';
import { renewalOptions } from './renewal-options.ts';
import { hostsSwitched } from './rotation-options.ts';
import { routesGiven, routesRequest, withoutAllowedIps } from './routes-request.ts';

/** What every operation on a deployment runs with. */
export interface OperationRun extends Omit<Parameters<typeof startInstall>[0], 'flow'> {
  readonly settings: InstallSettings;
  readonly argv: ParsedArgv;
  /** Where the operator typed the command. */
  readonly cwd: string;
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
    run: ({ argv, ...run }) => {
      const { dir } = run.place;
      const ticked = hostsSwitched(argv);
      if (ticked.length === 0)
        return startInstall({ ...run, flow: rotateTokenFlow(dir, run.settings) });
      const flow = switchedHostsFlow(dir, run.settings, { ticked, unticked: [] });
      return startInstall({ ...run, flow });
    },
  },
  'renew-cert': {
    tokenOptional: true,
    run: ({ argv, ...run }) => {
      const flow = renewCertFlow(run.place.dir, run.settings, renewalOptions(argv));
      return startInstall({ ...run, flow });
    },
  },
  'rotate-ca': {
    tokenOptional: true,
    answersArgv: withoutNewCa,
    run: ({ argv, cwd, ...run }) => {
      const flow = rotateCaFlow(run.place.dir, run.settings, caRotationOptions(argv, cwd));
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
