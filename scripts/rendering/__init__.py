"""A small software studio: posed human bodies with exactly known joints, filmed by an exactly known camera.

    bodies/*.npz -> body (joints, skin) -> motion (prescribed angles) -> truth (angles and pixels of the final joints)
                                        -> look (wardrobe, garments, cloth), scene, people
                                        -> rasteriser, shading -> picture -> clip (truth; frame_times, video_file)

World: x to the person's left, y backwards (the person faces -y), z up, floor at z = 0, metres. Angles in degrees.
`geometry`, `body`, `motion`, `camera` and `truth` need numpy only; `rasteriser`, `shading` and `cloth` need
numba.
"""
