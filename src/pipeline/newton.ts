import { CholeskyDecomposition, Matrix } from 'ml-matrix';

/** The slope of a function at a point, and how it bends: the negative of its second derivatives, a positive definite matrix. */
export interface Slope {
  readonly gradient: Float64Array;
  readonly bend: Matrix;
}

const mostSteps = 50;
const smallestStep = 1e-7;

/** The top of a strictly concave function, by Newton's method. */
export function maximize(start: Float64Array, slopeAt: (point: Float64Array) => Slope): Float64Array {
  let point = start;
  for (let count = 0; count < mostSteps; count++) {
    const { gradient, bend } = slopeAt(point);
    const step = new CholeskyDecomposition(bend).solve(Matrix.columnVector(gradient)).to1DArray();
    point = point.map((value, at) => value + (step[at] ?? 0));
    if (step.every((value) => Math.abs(value) < smallestStep)) break;
  }
  return point;
}
