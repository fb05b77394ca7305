"""From the labelled sets to GGUF: vocabulary, training (of the model that it starts from, too) and export of one model of recipes.json.

    python3 build.py NAME --data DATA --out RUNS [--scale 1.0]

Every part that RUNS already holds is kept and a training that was interrupted goes on. A vocabulary that lies here is used, another one is trained. `--scale` multiplies the minutes or steps of the recipe.
"""
import argparse
import json
import os
import subprocess
import sys

import corpus

HERE = os.path.dirname(os.path.abspath(__file__))


def build(name, recipes, a):
    """The path of the model's GGUF."""
    recipe = dict(recipes[name])
    run = os.path.join(a.out, name)
    if 'words' in recipe:
        recipe['words'] = os.path.join(HERE, '..', '..', recipe['words'])
    spm = os.path.join(HERE, f'vocabulary-{recipe["vocabulary"]}')
    if not os.path.exists(f'{spm}.model'):
        spm = os.path.join(a.out, os.path.basename(spm))
    sources = ['--written', a.written, *(['--data', a.data] if a.data else [])]
    os.makedirs(run, exist_ok=True)
    if not os.path.exists(f'{spm}.model'):
        table = ['--words', recipe['words']] if 'words' in recipe else []
        python('tokenizer.py', *sources, '--out', spm, '--size', recipe['vocabulary'], *table)
    if recipe.get('start', '').endswith('.gguf'):
        recipe['start'] = os.path.join(HERE, '..', '..', recipe['start'])
    elif 'start' in recipe:
        build(recipe['start'], recipes, a)
        recipe['start'] = os.path.join(a.out, recipe['start'], 'model.pt')
    if 'mistakes-of' in recipe:
        other, limit = build(recipe.pop('mistakes-of'), recipes, a), recipe.pop('mistakes')
        if a.data:
            recipe['mistakes'] = find_mistakes(other, limit, a)
    length = {key: recipe[key] * a.scale for key in ('minutes', 'steps') if key in recipe}
    length = {key: max(1, round(value)) if key == 'steps' else value for key, value in length.items()}
    options = {**recipe, **length}
    del options['vocabulary']
    python('train.py', *sources, '--spm', f'{spm}.model', '--out', run, *(word for key, value in options.items() for word in (f'--{key}', value)))
    gguf = os.path.join(a.out, f'nano-{name}.gguf')
    python('export.py', '--model', os.path.join(run, 'model.pt'), '--spm', f'{spm}.model', '--out', gguf, '--name', f'nano-{name}')
    return gguf


def find_mistakes(gguf, limit, a):
    """Path of what the model gets wrong on at most `limit` sentences of each set; needs Node, with which `npm ci` was run."""
    path = f'{gguf}.mistakes.jsonl'
    if not os.path.exists(path):
        files = [f'{name}={os.path.join(a.data, name)}.jsonl' for name in corpus.SETS]
        with open(f'{path}.part', 'w') as out:
            subprocess.run(['npx', 'node', os.path.join(HERE, 'mistakes.ts'), gguf, str(limit), *files], check=True, stdout=out, cwd=os.path.join(HERE, '..', '..'))
        os.replace(f'{path}.part', path)
    return path


def python(script, *arguments):
    # Threads that wait actively cost more than they save when anything else runs.
    environment = {'OMP_WAIT_POLICY': 'passive', **os.environ}
    subprocess.run([sys.executable, os.path.join(HERE, script), *map(str, arguments)], check=True, env=environment)


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('name')
    parser.add_argument('--data', help='folder of labelled sets; without it, the written domains alone')
    parser.add_argument('--written', default=os.path.join(HERE, '..', 'written'))
    parser.add_argument('--recipes', default=os.path.join(HERE, 'recipes.json'))
    parser.add_argument('--out', required=True, help='folder of all runs')
    parser.add_argument('--scale', type=float, default=1.0)
    arguments = parser.parse_args()
    with open(arguments.recipes) as file:
        known = json.load(file)
    if arguments.name not in known:
        parser.error(f'expected one of {", ".join(known)}, found {arguments.name}')
    print(build(arguments.name, known, arguments))
