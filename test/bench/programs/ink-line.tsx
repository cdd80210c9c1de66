// What Ink needs until a person can type, drawing as little as can be, with the wizard's options.
import { render, Text, useInput } from 'ink';

function Line() {
  useInput(() => undefined);
  return <Text>└ one line</Text>;
}

render(<Line />, {
  exitOnCtrlC: false,
  patchConsole: false,
  interactive: true,
  alternateScreen: true,
  incrementalRendering: true,
});
