import { toolVersion } from './domain/version.ts';

const [first] = process.argv.slice(2);
if (first === '--version' || first === 'version') {
  // Nothing else is loaded for this: it must cost no more than starting Node.
  process.stdout.write(`${toolVersion}\n`);
} else {
  const { runProgram } = await import('./cli/run-program.ts');
  const { processIo } = await import('./cli/process-io.ts');
  process.exitCode = await runProgram(processIo());
}
