import { type Command, Option } from 'commander';

/**
 * Adds an option that must be given. Commander's own `requiredOption` looks for it before it looks at what it does not know, so that of a misspelt
 * one it would tell that it is missing.
 */
export function addRequired(command: Command, flags: string, description: string): Command {
  const option = new Option(flags, description);
  return command.addOption(option).hook('preAction', (given) => {
    if (given.getOptionValue(option.attributeName()) === undefined) given.error(`error: required option '${option.flags}' not specified`);
  });
}
