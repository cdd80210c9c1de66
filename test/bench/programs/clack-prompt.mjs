// What @clack/prompts needs until a person can type.
import { text } from '@clack/prompts';

await text({ message: 'Where?', placeholder: './mcp-tunnel' });
