import { CholeskyDecomposition, Matrix } from 'ml-matrix';

/** A function at a point: its value, its slope, and how it bends: the negative of its second derivatives, a positive definite matrix. */
export interface Slope {
  readonly value: number;
  readonly gradient: Float64Array;
  readonly bend: Matrix;
}

const mostSteps = 50;
const smallestStep = 1e-7;

/** The top of a strictly concave function, by Newton's method, with steps halved until they lead upwards. */
export function maximize(start: Float64Array, slopeAt: (point: Float64Array) => Slope): Float64Array {
  let point = start;
  let here = slopeAt(point);
  for (let count = 0; count < mostSteps; count++) {
    const step = new CholeskyDecomposition(here.bend).solve(Matrix.columnVector(here.gradient)).to1DArray();
    let length = 1;
    const moved = () => point.map((value, at) => value + length * (step[at] ?? 0));
    let next = moved();
    let there = slopeAt(next);
    while (there.value < here.value && length > smallestStep) {
      length /= 2;
      next = moved();
      there = slopeAt(next);
    }
    if (there.value < here.value || step.every((value) => Math.abs(value) < smallestStep)) break;
    point = next;
    here = there;
  }
  return point;
}
