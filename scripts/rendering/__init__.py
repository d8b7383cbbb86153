"""A small software studio: posed human bodies with exactly known joints, filmed by an exactly known camera.

    bodies/*.npz -> body (joints, skin) -> motion (prescribed angles) -> truth (angles and pixels of the final joints)
                                        -> look, scene -> rasteriser, shading -> picture -> clip (video and truth)

World: x to the person's left, y backwards (the person faces -y), z up, floor at z = 0, metres. Angles in degrees.
`geometry`, `body`, `motion`, `camera` and `truth` need numpy only; `rasteriser` and `shading` need numba.
"""
