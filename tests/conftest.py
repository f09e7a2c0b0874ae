from hypothesis import settings

settings.register_profile("wann", deadline=None, derandomize=True)
settings.load_profile("wann")
