export { addScaled, distance, distanceSquared, dot, subtract } from './vec3.js';
export { forwardOf, multiply, quatFromYaw, rotate, rotateInverse, yawOf } from './quat.js';
export { apparentSize, BODY_CENTRE_M, BODY_RADIUS_M } from './bounds.js';
export { cosFromView, isSphereInView, VIEW_COS_HALF_ANGLE, type ViewCone } from './view-cone.js';
export { relevanceOf, RELEVANCE_MAX, RELEVANCE_MIN, urgencyOf } from './relevance.js';
export { farthestOf, type GridCell, nearestOf, SpatialGrid } from './spatial-grid.js';
