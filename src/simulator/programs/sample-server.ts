import { errnoOf } from '../container/errno.ts';
import { holdLifeline } from '../container/lifeline.ts';
import { stopSignal } from '../container/stop-signal.ts';
import { viewFromEnvironment } from '../container/view-from-environment.ts';
import { helloServer } from '../sample/hello-server.ts';

const port = 9000;
holdLifeline(process.env);
const view = viewFromEnvironment(process.env);
const [script] = process.argv.slice(2);
if (script !== undefined) {
  try {
    await view.readFile(script);
  } catch (error) {
    // As Python says it; the rehearsal names the script of the container's command.
    const [number, words] =
      errnoOf(error) === 'EACCES' ? [13, 'Permission denied'] : [2, 'No such file or directory'];
    process.stderr.write(`python: can't open file '${script}': [Errno ${number}] ${words}\n`);
    process.exit(2);
  }
}
const stopped = stopSignal();
const server = helloServer();
await view.listen(server, port, '0.0.0.0');
process.stderr.write(
  `INFO:     Uvicorn running on http://0.0.0.0:${port} (Press CTRL+C to quit)\n`,
);
await stopped;
process.exit(0);
