import { holdLifeline } from '../container/lifeline.ts';
import { stopSignal } from '../container/stop-signal.ts';
import { viewFromEnvironment } from '../container/view-from-environment.ts';
import { runProxy } from '../proxy/run-proxy.ts';

holdLifeline(process.env);
process.exit(
  await runProxy(process.argv.slice(2), {
    view: viewFromEnvironment(process.env),
    writeLine: (line) => process.stdout.write(`${line}\n`),
    stopped: stopSignal().then(() => undefined),
  }),
);
