/** The credential modes that this version can install, as a person chooses between them. */
export const modes = [
  {
    id: 'manual',
    title: 'Manual: token and CA by the Console',
    needs:
      'You reveal the tunnel’s token in the Console and register there a CA certificate that is made here. No API credential is needed.',
    owner:
      'The tunnel belongs to the workspace that is selected in the Console (platform.claude.com), and serves the Messages API and Managed Agents of that workspace.',
  },
] as const;
