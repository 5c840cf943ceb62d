"""model: values and the rules that hold between them; imports nothing but itself and the errors."""
